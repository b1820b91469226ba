import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  defaultInfraSettings,
  ENVIRONMENT_PATTERN,
  FIELD_RULES,
  parseDeclared,
  parseRequest,
  RISKS,
  SIZES,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import {
  readCatalog,
  readSettings,
  readTfvars,
} from '@goldenpath/plugin-golden-path-node';
import { parse } from 'yaml';
import { createFolder } from '../tests/support/createFolder';
import { EXAMPLE_DATABASE } from '../tests/support/exampleDatabase';
import { itNeedsTerraform, terraform } from '../tests/support/terraform';

const read = (...path: string[]) =>
  readFileSync(join(__dirname, ...path), 'utf8');

describe('the inputs of create-rds-database.yml', () => {
  const inputs = parse(read('.github/workflows/create-rds-database.yml')).on
    .workflow_dispatch.inputs as Record<
    string,
    { type: string; required: boolean; options?: string[]; default?: string }
  >;

  it('are exactly the inputs that a request sends', () => {
    const parsed = parseRequest(EXAMPLE_DATABASE);
    if ('problems' in parsed) throw new Error('The example is valid.');
    expect(Object.keys(inputs).sort()).toEqual(
      Object.keys(
        workflowInputs(parsed.request, { taskId: 't', baseBranch: 'main' }),
      ).sort(),
    );
    expect(Object.values(inputs).every(input => input.required)).toBe(true);
    // GitHub allows at most 25.
    expect(Object.keys(inputs).length).toBeLessThanOrEqual(25);
  });

  it.each([
    { name: 'risk', options: RISKS },
    { name: 'size', options: SIZES },
  ])('$name offers the choices of the contract', ({ name, options }) => {
    expect(inputs[name]).toMatchObject({
      type: 'choice',
      options: [...options],
    });
  });

  it('all others are text, because teams and people change, and goldenpath.yaml lists environments and domains', () => {
    const texts = Object.entries(inputs).filter(
      ([, { type }]) => type === 'string',
    );
    expect(texts.map(([name]) => name).sort()).toEqual([
      'base_branch',
      'component_id',
      'database_name',
      'domain',
      'environment',
      'owner',
      'request_id',
      'task_id',
      'user',
      'username',
    ]);
  });
});

describe('goldenpath.yaml', () => {
  it('shows the defaults and sets no other value', () => {
    const text = read('goldenpath.yaml');
    expect(readSettings(text, 'goldenpath.yaml')).toEqual(
      defaultInfraSettings(),
    );
    const shown = text.replace(/^# (?=\w+: [^ ])/gm, '');
    expect(parse(shown)).toEqual(defaultInfraSettings());
  });
});

describe('the files that requests are written to', () => {
  it('include an empty catalog that readCatalog accepts', () => {
    expect(
      readCatalog(
        read('docs/20-contracts/resource-catalogs/rds-catalog.yaml'),
        'rds-catalog.yaml',
      ),
    ).toEqual({});
  });

  it('include an empty terraform.tfvars that readTfvars accepts', async () => {
    expect(
      await readTfvars(
        read('envs/dev-rds/terraform.tfvars'),
        'terraform.tfvars',
      ),
    ).toEqual([]);
  });
});

describe('the Terraform root', () => {
  const variables = read('envs/dev-rds/variables.tf');
  const regexes = [...variables.matchAll(/regex\("([^"]+)"/g)].map(
    match => match[1],
  );

  it.each([
    {
      rule: FIELD_RULES.databaseName.pattern,
      reason: 'shape of a database name',
    },
    {
      rule: FIELD_RULES.databaseName.never.pattern,
      reason: 'reserved database names',
    },
    { rule: ENVIRONMENT_PATTERN, reason: 'shape of an environment' },
    { rule: FIELD_RULES.username.pattern, reason: 'shape of a role name' },
    { rule: FIELD_RULES.username.never.pattern, reason: 'reserved role names' },
  ])(
    'validates declared databases as the contract does: $reason',
    ({ rule }) => {
      expect(regexes).toContain(rule);
    },
  );

  it('has the same rule for environment names as the instance and the release', () => {
    for (const path of [
      'instance/variables.tf',
      'rotation/variables.tf',
      '.github/workflows/_build-and-release.yml',
    ])
      expect(read(path)).toContain(ENVIRONMENT_PATTERN);
  });

  it('requires the same bounded range of Terraform versions everywhere', () => {
    const matchesOf = (pattern: RegExp, ...path: string[]) =>
      [...read(...path).matchAll(pattern)].map(match => match[1]);
    // Ephemeral values came with 1.10, write-only arguments with 1.11.
    for (const root of ['envs/dev-rds', 'instance', 'rotation'])
      expect(
        matchesOf(/required_version = "(.*)"/g, root, 'versions.tf'),
      ).toEqual(['~> 1.11']);
    // The action reads ranges as npm does, where "~> 1.11" excludes 1.12.
    expect(
      matchesOf(
        /terraform_version: '(.*)'/g,
        '.github/actions/terraform/action.yml',
      ),
    ).toEqual(['^1.11']);
    for (const text of [read('rds.mk'), read('../docs/install.md')])
      expect(text).toContain('Terraform 1, from 1.11 on');
  });

  it('keeps passwords out of the state', () => {
    const main = read('envs/dev-rds/main.tf');
    expect(main).toContain('ephemeral "random_password"');
    expect(main).toContain('secret_string_wo ');
    expect(main).not.toMatch(/secret_string\s*=/);
  });

  itNeedsTerraform('is formatted as terraform fmt does', async () => {
    expect(
      terraform('fmt', '-check', '-recursive', join(__dirname, 'envs')).stdout,
    ).toBe('');
  });

  // Not every machine can download providers; the variables alone require none.
  itNeedsTerraform(
    'accepts and refuses databases as the contract does',
    async () => {
      const folder = createFolder();
      writeFileSync(join(folder, 'variables.tf'), variables);
      const plan = (databases: Record<string, string>) => {
        writeFileSync(
          join(folder, 'terraform.tfvars.json'),
          JSON.stringify({
            environment: 'dev',
            application_databases: Object.fromEntries(
              Object.entries(databases).map(([database_name, username], i) => [
                `key-${i}`,
                { database_name, username },
              ]),
            ),
          }),
        );
        return terraform(`-chdir=${folder}`, 'plan', '-no-color');
      };
      expect(terraform(`-chdir=${folder}`, 'init').status).toBe(0);

      const ok = plan({
        users_db: 'users_app_user',
        [`d${'b'.repeat(62)}`]: `u${'s'.repeat(30)}`,
        // Names that new requests must not have.
        pg_data: 'rdsapp_user',
        orders_db: 'current_user',
      });
      expect({
        status: ok.status,
        says: ok.status === 0 ? '' : ok.stderr,
      }).toEqual({ status: 0, says: '' });
      const contract = (field: 'databaseName' | 'username', value: string) =>
        parseDeclared({ ...EXAMPLE_DATABASE, [field]: value });
      for (const [databaseName, username] of [
        ['postgres', 'app_user'],
        ['Users', 'app_user'],
        ['db', 'app_user'],
        ['d'.repeat(64), 'app_user'],
        ['orders_db\n', 'app_user'],
        ['users_db', 'rds_user'],
        ['users_db', 'public'],
        ['users_db', 'pg_user'],
        ['users_db', "x'; --"],
        ['users_db', 'u'.repeat(32)],
      ]) {
        const isDatabase = databaseName !== 'users_db';
        const refused = contract(
          isDatabase ? 'databaseName' : 'username',
          isDatabase ? databaseName : username,
        );
        expect(refused).toHaveProperty('problems');
        expect(plan({ [databaseName]: username }).stderr).toContain(
          isDatabase ? 'Database name:' : 'Database user:',
        );
      }
      expect(plan({ users_db: 'same', orders_db: 'same' }).stderr).toContain(
        'Database user: each name must be unique.',
      );
    },
  );
});

describe('rds.mk', () => {
  const make = (...args: string[]) =>
    spawnSync(
      'make',
      [
        '--no-print-directory',
        '-f',
        join(__dirname, 'rds.mk'),
        'GOLDENPATH_RDS=echo goldenpath-rds',
        ...args,
      ],
      { encoding: 'utf8', cwd: __dirname },
    );

  it.each([
    {
      target: 'rds-provision',
      says: 'provision --env dev --root . --mode standalone --require-approval',
    },
    {
      target: 'rds-provision-dry-run',
      says: 'provision --env dev --root . --mode standalone --dry-run',
    },
    {
      target: 'rds-provision-auto',
      says: 'provision --env dev --root . --mode auto --require-approval',
    },
    {
      target: 'rds-retire-dry-run',
      says: 'provision --env dev --root . --mode auto --dry-run --retire',
    },
    {
      target: 'rds-retire',
      says: 'provision --env dev --root . --mode auto --require-approval --retire\n',
    },
    {
      target: 'rds-retire-dry-run',
      args: ['DATABASE=orders_db'],
      says: 'provision --env dev --root . --mode auto --dry-run --retire orders_db',
    },
    {
      target: 'rds-retire',
      args: ['DATABASE=orders_db,users_db'],
      says: 'provision --env dev --root . --mode auto --require-approval --retire orders_db,users_db',
    },
  ])('$target $args', ({ target, args = [], says }) => {
    expect(make(target, 'ENV=dev', ...args).stdout).toContain(
      `goldenpath-rds ${says}`,
    );
  });

  it.each(['', 'qa', 'dev; id'])(
    'refuses ENV=%s and shows an example',
    environment => {
      const { status, stderr } = make('rds-provision', `ENV=${environment}`);
      expect(status).not.toBe(0);
      expect(stderr).toContain('make rds-provision ENV=dev');
    },
  );
});
