const { execFileSync } = require('node:child_process');
const { mkdtempSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const ARCHIVES = join(__dirname, '../dist-cli');

const unpack = () => {
  const archive = readdirSync(ARCHIVES).find(name => name.endsWith('.tgz'));
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-bench-cli-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync('tar', ['-xzf', join(ARCHIVES, archive), '-C', folder]);
  return join(folder, 'package/bin/goldenpath-rds.js');
};

let path;

/** The goldenpath-rds.js that is measured: what GOLDENPATH_RDS names, else that of the archive that `make cli` makes. */
exports.commandLine = () => {
  path ??= process.env.GOLDENPATH_RDS ?? unpack();
  return path;
};
