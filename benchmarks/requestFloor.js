/**
 * The floor that `request` is measured against: reads both files once with the parsers that the command uses too, and
 * does nothing with them.
 *
 *   node requestFloor.js <terraform.tfvars> <rds-catalog.yaml>
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const NODE = join(__dirname, '../plugins/golden-path-node');
const library = name => require(require.resolve(name, { paths: [NODE] }));

const [tfvars, catalog] = process.argv
  .slice(2)
  .map(file => readFileSync(file, 'utf8'));
const main = async () => {
  library('yaml').parseDocument(catalog, { uniqueKeys: false }).toJS();
  await library('@cdktn/hcl2json').parse('terraform.tfvars', tfvars);
};
main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
