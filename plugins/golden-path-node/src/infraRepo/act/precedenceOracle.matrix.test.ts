import { posix } from 'node:path';
import fc from 'fast-check';
import { itWhen } from '../../../../../tests/support/needs';
import { evaluateByTerraform, isTerraformHere } from '../testing/terraform';
import { locateTfvars } from './locateTfvars';

const FOLDER = 'envs/dev';
/** What the files of envs/dev say: `on`, `off`, or why that is not known. */
const decide = async (files: Record<string, string>): Promise<string> => {
  try {
    await locateTfvars(
      {
        read: async path => files[posix.relative(FOLDER, path)],
        files: async () =>
          Object.keys(files).filter(name => !name.includes('/')),
      },
      'dev',
      { mode: 'coupled' },
    );
    return 'on';
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'NotFoundError' ? 'off' : message;
  }
};

const config = fc.constantFrom('true', 'false', '"true"', '"false"');
const hcl = config.map(enabled => `rds_config = { enabled = ${enabled} }\n`);
const json = config.map(
  enabled => `{ "rds_config": { "enabled": ${enabled} } }`,
);
const other = fc.constantFrom('# rds_config = { enabled = true }\n', 'x = 1\n');
const block = config.map(
  enabled =>
    `variable "rds_config" {\n  default = { enabled = ${enabled} }\n}\n`,
);
const jsonBlock = config.map(
  enabled =>
    `{ "variable": { "rds_config": { "default": { "enabled": ${enabled} } } } }`,
);

/** One file of variables, or one that only looks like it. */
const variableFile = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'terraform.tfvars',
      'a.auto.tfvars',
      '.auto.tfvars',
      'Z.x.auto.tfvars',
      'prod.tfvars',
      'a.auto.tfvars~',
      'A.AUTO.TFVARS',
      'Terraform.tfvars',
      'more/b.auto.tfvars',
    ),
    fc.oneof(hcl, other),
  ),
  fc.tuple(
    fc.constantFrom(
      'terraform.tfvars.json',
      'b.auto.tfvars.json',
      'prod.tfvars.json',
    ),
    json,
  ),
);
const overrideFile = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'override.tf',
      'a_override.tf',
      'z_override.tf',
      '.override.tf',
      'override.tf~',
      '#override.tf#',
      'more/override.tf',
    ),
    block,
  ),
  fc.tuple(
    fc.constantFrom('override.tf.json', 'b_override.tf.json'),
    jsonBlock,
  ),
);

describe('the environment folder', () => {
  itWhen(isTerraformHere(), 'terraform')(
    'is read as Terraform reads it, or refused',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          block,
          fc.array(variableFile, { maxLength: 3 }),
          fc.array(overrideFile, { maxLength: 3 }),
          async (first, variables, overrides) => {
            const files: Record<string, string> = {
              'terraform.tfvars': '',
              'variables.tf': first,
              ...Object.fromEntries([...overrides, ...variables]),
            };
            const enabled = evaluateByTerraform(
              files,
              'tobool(var.rds_config.enabled)',
            );
            expect(enabled).toEqual(expect.any(Boolean));
            const decided = await decide(files);
            // Two sources are refused, whatever they say.
            if (!decided.includes('although'))
              expect(decided).toBe(enabled ? 'on' : 'off');
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});
