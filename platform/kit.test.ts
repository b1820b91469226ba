import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DOMAINS,
  ENVIRONMENTS,
  FIELD_RULES,
  parseRequest,
  RISKS,
  SIZES,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { readCatalog, readTfvars } from '@goldenpath/plugin-golden-path-node';
import { parse } from 'yaml';
import { parseWorkflowFile } from '../packages/local-platform/src/actions/decide/workflowFile';
import { itWhen } from '../tests/support/needs';

const WORKFLOWS = join(__dirname, '.github/workflows');
const read = (...path: string[]) =>
  readFileSync(join(__dirname, ...path), 'utf8');
const files = readdirSync(WORKFLOWS);

const EXAMPLE = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  requestedBy: 'jane',
};

interface Concurrent {
  concurrency?: { group: string; 'cancel-in-progress': boolean };
}

interface Job extends Concurrent {
  'runs-on'?: string;
  'timeout-minutes'?: number;
  steps: Array<{ name?: string; uses?: string; run?: string }>;
}

describe.each(files)('%s', file => {
  const text = read('.github/workflows', file);
  const workflow = parse(text) as Concurrent & {
    permissions?: unknown;
    jobs: Record<string, Job>;
  };
  const jobs = Object.values(workflow.jobs);

  it("is right to GitHub's own parser", async () => {
    expect(await parseWorkflowFile(text, file)).not.toHaveProperty('errors');
  });

  it('puts no expression into a shell: values come as variables', () => {
    expect(
      jobs.flatMap(job =>
        job.steps
          .filter(step => step.run?.includes('${{'))
          .map(step => step.name),
      ),
    ).toEqual([]);
  });

  it('says what its token may do, and how long a job may take', () => {
    expect(workflow.permissions).toBeDefined();
    expect(JSON.stringify(workflow.permissions)).not.toContain('write');
    expect(jobs.every(job => Number(job['timeout-minutes']) > 0)).toBe(true);
  });

  it('says what may not run at once, and never cuts a run off', () => {
    const groups = [workflow, ...jobs].flatMap(one => one.concurrency ?? []);
    expect(groups.length).toBeGreaterThan(0);
    expect(groups.map(group => group['cancel-in-progress'])).not.toContain(
      true,
    );
  });

  it('names a version of every action', () => {
    const actions = jobs.flatMap(job =>
      job.steps.flatMap(step => step.uses ?? []),
    );
    expect(
      actions.filter(action => !/@(v\d+(\.\d+)*|[0-9a-f]{40})$/.test(action)),
    ).toEqual([]);
  });

  it('holds bash that bash can read', () => {
    for (const { run } of jobs.flatMap(job => job.steps)) {
      if (run)
        expect(
          spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr,
        ).toBe('');
    }
  });
});

it('both workflows install the command line alike', () => {
  const installs = ['create-rds-database.yml', 'rds-database-apply.yml'].map(
    file =>
      Object.values(
        (
          parse(read('.github/workflows', file)) as {
            jobs: Record<string, Job>;
          }
        ).jobs,
      )
        .flatMap(job => job.steps)
        .filter(step => step.name === 'Install goldenpath-rds'),
  );
  expect(installs[0]).toHaveLength(1);
  expect(installs[1]).toEqual(installs[0]);
});

describe('the inputs of create-rds-database.yml', () => {
  const inputs = parse(read('.github/workflows/create-rds-database.yml')).on
    .workflow_dispatch.inputs as Record<
    string,
    { type: string; required: boolean; options?: string[]; default?: string }
  >;

  it('are just what a request sends', () => {
    const parsed = parseRequest(EXAMPLE);
    if ('problems' in parsed) throw new Error('The example is valid.');
    expect(Object.keys(inputs).sort()).toEqual(
      Object.keys(
        workflowInputs(parsed.request, { taskId: 't', baseBranch: 'main' }),
      ).sort(),
    );
    expect(Object.values(inputs).every(input => input.required)).toBe(true);
    // GitHub takes at most 25.
    expect(Object.keys(inputs).length).toBeLessThanOrEqual(25);
  });

  it.each([
    { name: 'environment', options: ENVIRONMENTS },
    { name: 'domain', options: DOMAINS },
    { name: 'risk', options: RISKS },
    { name: 'size', options: SIZES },
  ])('$name offers the choices of the contract', ({ name, options }) => {
    expect(inputs[name]).toMatchObject({
      type: 'choice',
      options: [...options],
    });
  });

  it('everything else is text: teams and people come and go', () => {
    const texts = Object.entries(inputs).filter(
      ([, { type }]) => type === 'string',
    );
    expect(texts.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'owner',
        'user',
        'database_name',
        'username',
        'component_id',
        'request_id',
        'task_id',
        'base_branch',
      ]),
    );
  });
});

describe('the files that requests are written to', () => {
  it('an empty catalog that ours can read', () => {
    expect(
      readCatalog(
        read('docs/20-contracts/resource-catalogs/rds-catalog.yaml'),
        'rds-catalog.yaml',
      ),
    ).toEqual({});
  });

  it('an empty terraform.tfvars that ours can read', async () => {
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
      rule: FIELD_RULES.databaseName.not.pattern,
      reason: 'reserved database names',
    },
    { rule: FIELD_RULES.username.pattern, reason: 'shape of a role name' },
    { rule: FIELD_RULES.username.not.pattern, reason: 'reserved role names' },
  ])('validates as the contract does: $reason', ({ rule }) => {
    expect(regexes).toContain(rule);
  });

  it('keeps passwords out of the state', () => {
    const main = read('envs/dev-rds/main.tf');
    expect(main).toContain('ephemeral "random_password"');
    expect(main).toContain('secret_string_wo ');
    expect(main).not.toMatch(/secret_string\s*=/);
  });

  const terraform = (...args: string[]) =>
    spawnSync('terraform', args, { encoding: 'utf8' });
  const itNeedsTerraform = itWhen(
    terraform('version', '-json').status === 0,
    'terraform',
  );

  itNeedsTerraform('is formatted as terraform fmt does', async () => {
    expect(
      terraform('fmt', '-check', '-recursive', join(__dirname, 'envs')).stdout,
    ).toBe('');
  });

  // Providers can't be had on every machine; the variables alone need none.
  itNeedsTerraform(
    'accepts and refuses databases as the contract does',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'golden-path-variables-'));
      try {
        writeFileSync(join(folder, 'variables.tf'), variables);
        const plan = (databases: Record<string, string>) => {
          writeFileSync(
            join(folder, 'terraform.tfvars.json'),
            JSON.stringify({
              environment: 'dev',
              application_databases: Object.fromEntries(
                Object.entries(databases).map(
                  ([database_name, username], i) => [
                    `key-${i}`,
                    { database_name, username },
                  ],
                ),
              ),
            }),
          );
          return terraform(`-chdir=${folder}`, 'plan', '-no-color');
        };
        expect(terraform(`-chdir=${folder}`, 'init').status).toBe(0);

        const ok = plan({
          users_db: 'users_app_user',
          [`d${'b'.repeat(62)}`]: `u${'s'.repeat(30)}`,
        });
        expect({
          status: ok.status,
          says: ok.status === 0 ? '' : ok.stderr,
        }).toEqual({ status: 0, says: '' });
        const contract = (field: 'databaseName' | 'username', value: string) =>
          parseRequest({ ...EXAMPLE, [field]: value });
        for (const [databaseName, username] of [
          ['postgres', 'app_user'],
          ['pg_data', 'app_user'],
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
          'Every role belongs to one database.',
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
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
      {
        encoding: 'utf8',
      },
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
  ])('$target', ({ target, says }) => {
    expect(make(target, 'ENV=dev').stdout).toContain(`goldenpath-rds ${says}`);
  });

  it.each(['', 'qa', 'dev; id'])(
    'refuses ENV=%s and says what it takes',
    environment => {
      const { status, stderr } = make('rds-provision', `ENV=${environment}`);
      expect(status).not.toBe(0);
      expect(stderr).toContain('make rds-provision ENV=dev');
    },
  );
});
