import { posix } from 'node:path';
import type { TfvarsMode } from '@goldenpath/plugin-golden-path-common';
import type { InfraListing } from '../ports';
import { locateTfvars } from './locateTfvars';

const filesOf = (texts: Record<string, string>): InfraListing => ({
  read: async path => texts[path],
  files: async folder =>
    Object.keys(texts)
      .filter(path => posix.dirname(path) === folder)
      .map(path => posix.basename(path)),
});
/** Where the databases of dev are, or why that is not known. */
const locate = (texts: Record<string, string>, mode: TfvarsMode = 'auto') =>
  locateTfvars(filesOf(texts), 'dev', { mode }).then(
    ({ path }) => path,
    ({ message }: Error) => message,
  );

const STANDALONE = 'envs/dev-rds/terraform.tfvars';
const COUPLED = 'envs/dev/terraform.tfvars';
const ON = 'rds_config = { enabled = true }\n';
const OFF = 'rds_config = { enabled = false }\n';
const onByDefault = (value = true) =>
  `variable "rds_config" {\n  default = { enabled = ${value} }\n}\n`;

/** Files of envs/dev, beside an empty standalone terraform.tfvars that is there or not. */
const coupled = (files: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`envs/dev/${name}`, text]),
  );

describe('rds_config, which decides where the databases are, is the value that Terraform takes', () => {
  it.each<{ reason: string; files: Record<string, string>; isOn: boolean }>([
    {
      reason: 'in an *.auto.tfvars alone',
      files: { 'terraform.tfvars': '', '10-instance.auto.tfvars': ON },
      isOn: true,
    },
    {
      reason: 'the same, hidden: Terraform compares the end of the name only',
      files: { 'terraform.tfvars': '', '.auto.tfvars': ON },
      isOn: true,
    },
    {
      reason: 'in terraform.tfvars.json alone',
      files: {
        'terraform.tfvars': '',
        'terraform.tfvars.json': '{"rds_config":{"enabled":true}}',
      },
      isOn: true,
    },
    {
      reason: 'with an escape in the name, which JSON has',
      files: {
        'terraform.tfvars': '',
        'x.auto.tfvars.json': '{"rds\\u005fconfig":{"enabled":true}}',
      },
      isOn: true,
    },
    {
      reason: 'by default',
      files: { 'terraform.tfvars': '', 'variables.tf': onByDefault() },
      isOn: true,
    },
    {
      reason: 'a default does not count beside a value',
      files: { 'terraform.tfvars': OFF, 'variables.tf': onByDefault() },
      isOn: false,
    },
    {
      reason: 'the default of an override file wins over the first',
      files: {
        'terraform.tfvars': '',
        'a_override.tf': onByDefault(),
        'variables.tf': onByDefault(false),
      },
      isOn: true,
    },
    {
      reason: 'override.tf comes after a_override.tf',
      files: {
        'terraform.tfvars': '',
        'a_override.tf': onByDefault(),
        'override.tf': onByDefault(false),
        'variables.tf': onByDefault(),
      },
      isOn: false,
    },
    {
      reason: 'the same in JSON',
      files: {
        'terraform.tfvars': '',
        'override.tf.json':
          '{"variable":[{"rds_config":{"default":{"enabled":true}}}]}',
        'variables.tf': onByDefault(false),
      },
      isOn: true,
    },
    {
      reason: 'files that Terraform ignores',
      files: {
        'terraform.tfvars': '',
        'prod.tfvars': ON,
        'x.auto.tfvars~': ON,
        'X.AUTO.TFVARS': ON,
        '.hidden.tf': onByDefault(),
        'variables.tf~': onByDefault(),
        '#variables.tf#': onByDefault(),
        'override.tofu': onByDefault(),
      },
      isOn: false,
    },
    {
      reason: 'a folder below it',
      files: {
        'terraform.tfvars': '',
        'more/x.auto.tfvars': ON,
        'more/variables.tf': onByDefault(),
      },
      isOn: false,
    },
    {
      reason: 'null, where the variable takes its default for it',
      files: {
        'terraform.tfvars': 'rds_config = null\n',
        'variables.tf': `${onByDefault().replace(
          /\}\n$/,
          '',
        )}  nullable = false\n}\n`,
      },
      isOn: true,
    },
    {
      reason: 'null elsewhere',
      files: {
        'terraform.tfvars': 'rds_config = null\n',
        'variables.tf': onByDefault(),
      },
      isOn: false,
    },
    {
      reason: 'a type whose default is off',
      files: {
        'terraform.tfvars': 'rds_config = { size = "x" }\n',
        'variables.tf':
          'variable "rds_config" {\n  type = object({ enabled = optional(bool, false) })\n}\n',
      },
      isOn: false,
    },
    {
      reason: 'files that say nothing of it may be of any kind',
      files: { 'terraform.tfvars': ON, 'broken.tf': 'resource {' },
      isOn: true,
    },
  ])('$reason', async ({ files, isOn }) => {
    expect(await locate(coupled(files))).toEqual(
      isOn
        ? COUPLED
        : expect.stringContaining('No terraform.tfvars declares the databases'),
    );
    // With both, the instance decides whether that is one too many.
    expect(await locate({ ...coupled(files), [STANDALONE]: '' })).toEqual(
      isOn ? expect.stringMatching(/^Both /) : STANDALONE,
    );
    expect(
      await locate({ ...coupled(files), [STANDALONE]: '' }, 'standalone'),
    ).toBe(STANDALONE);
  });

  it.each<{ reason: string; files: Record<string, string>; says: string }>([
    {
      reason: 'CASES 12: a second source in an *.auto.tfvars',
      files: { 'terraform.tfvars': OFF, 'zz.auto.tfvars': `# why\n${ON}` },
      says: 'envs/dev/zz.auto.tfvars:2:1: Terraform takes rds_config from here, although envs/dev/terraform.tfvars:1:1 sets it too; keep one of them.',
    },
    {
      reason: 'two others: the last in byte order is named',
      files: {
        'terraform.tfvars': '',
        'a.auto.tfvars': ON,
        'B.auto.tfvars': OFF,
        'terraform.tfvars.json': '{ "rds_config": {} }',
      },
      says: 'envs/dev/a.auto.tfvars:1:1: Terraform takes rds_config from here, although envs/dev/terraform.tfvars.json:1:3 and envs/dev/B.auto.tfvars:1:1 set it too; keep one of them.',
    },
    {
      reason: 'JSON that Terraform rejects',
      files: { 'terraform.tfvars': ON, 'x.auto.tfvars.json': '[{"a":1}]' },
      says: 'envs/dev/x.auto.tfvars.json:1:1: this is not a JSON object, and Terraform rejects it; correct or remove the file.',
    },
    {
      reason: 'a type whose default is on',
      files: {
        'terraform.tfvars': '# none\nrds_config = {}\n',
        'variables.tf':
          'variable "rds_config" {\n  type = object({\n    enabled = optional(bool, true)\n  })\n}\n',
      },
      says: "envs/dev/terraform.tfvars:2:1: rds_config doesn't set enabled, and the variable's type has a default for it; write enabled = true or enabled = false.",
    },
    {
      reason: 'an expression',
      files: {
        'terraform.tfvars': '',
        'x.auto.tfvars': 'rds_config = { enabled = 1 == 1 }\n',
      },
      says: 'envs/dev/x.auto.tfvars:1:1: rds_config.enabled is not a literal; write rds_config = { enabled = true }.',
    },
  ])('or the file is refused: $reason', async ({ files, says }) => {
    expect(await locate(coupled(files))).toBe(says);
    expect(await locate({ ...coupled(files), [STANDALONE]: '' })).toBe(says);
  });
});

describe('databases and environment come from terraform.tfvars alone', () => {
  const FROM_HERE = `Terraform takes application_databases from here, not from ${STANDALONE}; declare the databases there alone.`;
  const isProd =
    'environment is "prod" here, but "dev" is requested; secrets are named after it, so both must be equal. Write environment = "dev", or request the environment of this file.';

  it.each<{ reason: string; files: Record<string, string>; says: string }>([
    {
      reason: 'CASES 12, terraform #28899: another file beside it',
      files: {
        'terraform.tfvars': 'application_databases = {}\n',
        '20-databases.auto.tfvars': '\napplication_databases = {}\n',
      },
      says: `envs/dev-rds/20-databases.auto.tfvars:2:1: ${FROM_HERE}`,
    },
    {
      reason: 'CASES 12, cloud-foundation-fabric #2735: no terraform.tfvars',
      files: { '20-databases.auto.tfvars': 'application_databases = {}\n' },
      says: `envs/dev-rds/20-databases.auto.tfvars:1:1: ${FROM_HERE}`,
    },
    {
      reason: 'a default, where no file sets them',
      files: {
        'variables.tf':
          'variable "application_databases" {\n  default = { a_db = {} }\n}\n',
      },
      says: `envs/dev-rds/variables.tf:1:10: ${FROM_HERE}`,
    },
    {
      reason: 'several: the one that wins',
      files: {
        'terraform.tfvars': '',
        'terraform.tfvars.json': '{"application_databases":{}}',
        'a.auto.tfvars.json': '{"application_databases":{}}',
        'a.auto.tfvars': 'application_databases = {}\n',
      },
      says: `envs/dev-rds/a.auto.tfvars.json:1:2: ${FROM_HERE}`,
    },
    {
      reason: 'another environment in a file that wins',
      files: {
        'terraform.tfvars': 'environment = "dev"\n',
        'zz.auto.tfvars': 'environment = "prod"\n',
      },
      says: `envs/dev-rds/zz.auto.tfvars:1:1: ${isProd}`,
    },
    {
      reason: 'another environment by default',
      files: {
        'terraform.tfvars': '# environment = "dev"\n',
        'variables.tf': 'variable "environment" { default = "prod" }\n',
      },
      says: `envs/dev-rds/variables.tf:1:10: ${isProd}`,
    },
    ...[
      '/*\nenvironment = "dev"\n*/\n',
      'note = <<-EOT\nenvironment = "dev"\nEOT\n',
      'tags = {\nenvironment = "dev"\n}\n',
    ].map(text => ({
      reason: `the same beside what only looks like the attribute: ${text}`,
      files: {
        'terraform.tfvars': text,
        'variables.tf': 'variable "environment" { default = "prod" }\n',
      },
      says: `envs/dev-rds/variables.tf:1:10: ${isProd}`,
    })),
    {
      reason: 'the same by an override file',
      files: {
        'terraform.tfvars': '',
        'variables.tf': 'variable "environment" { default = "dev" }\n',
        'x_override.tf': 'variable "environment" { default = "prod" }\n',
      },
      says: `envs/dev-rds/x_override.tf:1:10: ${isProd}`,
    },
  ])('$reason', async ({ files, says }) => {
    const texts = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        `envs/dev-rds/${name}`,
        text,
      ]),
    );
    for (const mode of ['auto', 'standalone'] as const)
      expect(await locate(texts, mode)).toBe(says);
  });

  it.each<{ reason: string; files: Record<string, string> }>([
    {
      reason: 'the same environment in another file',
      files: { 'zz.auto.tfvars': 'environment = "dev"\n' },
    },
    {
      reason: 'a default that does not count',
      files: {
        'terraform.tfvars': 'environment = "dev"\n',
        'variables.tf':
          'variable "environment" { default = "prod" }\nvariable "application_databases" {\n  default = { a_db = {} }\n}\n',
      },
    },
    {
      reason: 'a variable without a default',
      files: { 'variables.tf': 'variable "environment" { type = string }\n' },
    },
  ])('accepts $reason', async ({ files }) => {
    const texts = Object.fromEntries(
      Object.entries({ 'terraform.tfvars': '', ...files }).map(
        ([name, text]) => [`envs/dev-rds/${name}`, text],
      ),
    );
    expect(await locate(texts)).toBe(STANDALONE);
  });
});
