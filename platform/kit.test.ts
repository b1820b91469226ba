import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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
import { parseWorkflowFile } from '@goldenpath/local-github/src/actions/decide/workflowFile';
import { APPROVAL_LABELS } from '../plugins/golden-path-node/src/guard/decide/countLabels';
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
  domain: 'delivery',
  risk: 'medium',
  size: 'small',
  requestedBy: 'jane',
};

interface Concurrent {
  concurrency?: { group: string; 'cancel-in-progress': boolean };
}

interface Job extends Concurrent {
  'runs-on'?: string;
  permissions?: Record<string, string>;
  if?: string;
  'timeout-minutes'?: number;
  steps: Array<{
    name?: string;
    uses?: string;
    run?: string;
    with?: Record<string, string>;
  }>;
}

/** The write permissions of each workflow's jobs; a job that is not listed has none. */
const WRITES: Record<string, Record<string, string[]>> = {
  '_build-and-release.yml': { build: ['id-token', 'security-events'] },
  'create-rds-database.yml': { request: ['contents', 'pull-requests'] },
  'rds-database-apply.yml': {
    apply: ['contents', 'id-token', 'pull-requests'],
    comment: ['pull-requests'],
    plan: ['id-token'],
  },
  'rds-database-guard.yml': {
    review: ['pull-requests'],
    withdraw: ['pull-requests'],
  },
  'rds-database-rebase.yml': { rebase: ['contents', 'pull-requests'] },
  'rds-drift.yml': { drift: ['id-token', 'issues'] },
};

describe.each(files)('%s', file => {
  const text = read('.github/workflows', file);
  const workflow = parse(text) as Concurrent & {
    permissions?: unknown;
    jobs: Record<string, Job>;
  };
  const jobs = Object.values(workflow.jobs);

  it("is valid for GitHub's parser", async () => {
    expect(await parseWorkflowFile(text, file)).not.toHaveProperty('errors');
  });

  it('has no expression in a script: values are environment variables', () => {
    expect(
      jobs.flatMap(job =>
        job.steps
          .filter(step => step.run?.includes('${{'))
          .map(step => step.name),
      ),
    ).toEqual([]);
  });

  it('sets the permissions of its token and the timeout of each job', () => {
    expect(workflow.permissions).toBeDefined();
    expect(JSON.stringify(workflow.permissions)).not.toContain('write');
    expect(jobs.every(job => Number(job['timeout-minutes']) > 0)).toBe(true);
  });

  it('sets a concurrency group for each job and cancels no run', () => {
    const groups = [workflow, ...jobs].flatMap(one => one.concurrency ?? []);
    expect(groups.length).toBeGreaterThan(0);
    expect(groups.map(group => group['cancel-in-progress'])).not.toContain(
      true,
    );
  });

  it('pins third-party actions by commit, with the version in a comment', () => {
    const actions = [...text.matchAll(/^\s*(?:- )?uses: (\S+)(.*)$/gm)]
      .map(([, action, comment]) => ({ action, comment }))
      .filter(({ action }) => !action.startsWith('./'));
    expect(
      actions.filter(
        ({ action, comment }) =>
          !/@[0-9a-f]{40}$/.test(action) || !/^ # v\d+(\.\d+)*$/.test(comment),
      ),
    ).toEqual([]);
  });

  it('has only the required write permissions', () => {
    expect(
      Object.fromEntries(
        Object.entries(workflow.jobs).flatMap(([id, { permissions }]) => {
          const writes = Object.entries(permissions ?? {})
            .filter(([, level]) => level === 'write')
            .map(([name]) => name)
            .sort();
          return writes.length > 0 ? [[id, writes]] : [];
        }),
      ),
    ).toEqual(WRITES[file]);
  });

  it('uses the runner in the VPC only for jobs that reach the instance', () => {
    for (const [id, job] of Object.entries(workflow.jobs)) {
      const reachesIt = job.steps.some(step =>
        /goldenpath-rds provision/.test(step.run ?? ''),
      );
      expect({ id, runsOn: job['runs-on'] }).toEqual({
        id,
        runsOn: reachesIt
          ? "${{ vars.GOLDENPATH_RUNNER || 'ubuntu-latest' }}"
          : 'ubuntu-latest',
      });
    }
  });

  it('has valid bash in every step', () => {
    for (const { run } of jobs.flatMap(job => job.steps)) {
      if (run)
        expect(
          spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr,
        ).toBe('');
    }
  });
});

describe('the command line', () => {
  const action = parse(read('.github/actions/goldenpath-rds/action.yml')) as {
    inputs: Record<string, { default?: string }>;
    runs: { steps: Array<{ name: string; run?: string; shell?: string }> };
  };
  const script = action.runs.steps.find(
    step => step.name === 'Install goldenpath-rds',
  )!.run!;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-path-install-'));
    mkdirSync(join(folder, 'package/bin'), { recursive: true });
    writeFileSync(
      join(folder, 'package/bin/goldenpath-rds.js'),
      'console.log(JSON.stringify(process.argv.slice(2)));\n',
    );
    spawnSync('tar', ['-czf', 'goldenpath-rds-1.2.3.tgz', 'package'], {
      cwd: folder,
    });
    // Stands in for curl: records the request and returns the archive.
    mkdirSync(join(folder, 'shims'));
    writeFileSync(
      join(folder, 'shims/curl'),
      `#!/bin/bash
printf '%s\n' "$@" > "${folder}/curl.args"
while [ $# -gt 0 ]; do
  case "$1" in
    --header) case "$2" in @*) cp "\${2#@}" "${folder}/curl.headers" ;; esac ;;
    --output) cp "${folder}/goldenpath-rds-1.2.3.tgz" "$2" ;;
  esac
  shift
done
`,
      { mode: 0o755 },
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const checksum = () =>
    createHash('sha256')
      .update(readFileSync(join(folder, 'goldenpath-rds-1.2.3.tgz')))
      .digest('hex');
  const install = (cli: string, env: Record<string, string> = {}) => {
    const temp = mkdtempSync(join(folder, 'temp-'));
    const path = join(temp, 'github_path');
    writeFileSync(path, '');
    const { status, stdout } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: `${join(folder, 'shims')}${delimiter}${process.env.PATH}`,
          GITHUB_API_URL: 'https://api.github.example',
          RUNNER_TEMP: temp,
          GITHUB_PATH: path,
          GOLDENPATH_CLI: cli,
          SHA256: '',
          TOKEN: 'canary-token',
          ...env,
        },
      },
    );
    const [bin] = readFileSync(path, 'utf8').split('\n');
    const says =
      status === 0
        ? spawnSync(join(bin, 'goldenpath-rds'), ['a b', '$(id)'], {
            encoding: 'utf8',
          }).stdout
        : stdout;
    return { status, says };
  };

  it.each(files)('comes only from the action: %s', file => {
    const workflow = parse(read('.github/workflows', file)) as {
      jobs: Record<string, Job>;
    };
    for (const { steps = [] } of Object.values(workflow.jobs)) {
      const runsIt = steps.some(step =>
        /\bgoldenpath-rds\b/.test(step.run ?? ''),
      );
      expect(
        steps
          .filter(step => step.uses === './.github/actions/goldenpath-rds')
          .map(step => step.with),
      ).toEqual(
        runsIt
          ? [
              {
                cli: '${{ vars.GOLDENPATH_CLI }}',
                sha256: '${{ vars.GOLDENPATH_CLI_SHA256 }}',
                token: '${{ github.token }}',
              },
            ]
          : [],
      );
    }
  });

  it('has no default, because anyone could publish a package under a free name', () => {
    expect(action.inputs.cli.default).toBeUndefined();
    expect(install('')).toEqual({
      status: 64,
      says: expect.stringContaining('set this repository variable'),
    });
  });

  it('has no expression in a script', () => {
    expect(action.runs.steps.filter(step => step.run?.includes('${{'))).toEqual(
      [],
    );
  });

  it.each([
    { cli: 'package/bin/goldenpath-rds.js', reason: 'a program in the repo' },
    { cli: 'goldenpath-rds-1.2.3.tgz', reason: 'an archive in the repo' },
  ])('can be $reason', ({ cli }) => {
    expect(install(cli)).toEqual({ status: 0, says: '["a b","$(id)"]\n' });
  });

  it.each([
    {
      url: 'https://api.github.example/repos/o/r/releases/assets/1',
      sent: 'Authorization: Bearer canary-token\n',
    },
    { url: 'https://files.example/goldenpath-rds-1.2.3.tgz', sent: '' },
    { url: 'https://api.github.example.evil.example/x.tgz', sent: '' },
  ])(
    'can be a download, and the token is sent only to GitHub: $url',
    ({ url, sent }) => {
      expect(install(url, { SHA256: checksum() })).toEqual({
        status: 0,
        says: '["a b","$(id)"]\n',
      });
      expect(readFileSync(join(folder, 'curl.headers'), 'utf8')).toBe(sent);
      const args = readFileSync(join(folder, 'curl.args'), 'utf8');
      expect(args).toContain(`--\n${url}\n`);
      expect(args).not.toContain('canary-token');
    },
  );

  it.each([
    {
      cli: 'https://files.example/x.tgz',
      env: { SHA256: '' },
      says: 'GOLDENPATH_CLI_SHA256',
      reason: 'a download without a checksum',
    },
    {
      cli: 'https://files.example/x.tgz',
      env: { SHA256: 'a'.repeat(64) },
      says: 'is not GOLDENPATH_CLI_SHA256',
      reason: 'a download with another checksum',
    },
    {
      cli: 'goldenpath-rds-1.2.3.tgz',
      env: { SHA256: 'a'.repeat(64) },
      says: 'is not GOLDENPATH_CLI_SHA256',
      reason: 'an archive with another checksum',
    },
    {
      cli: 'nosuch.tgz',
      env: { SHA256: '' },
      says: 'no nosuch.tgz',
      reason: 'a missing archive',
    },
    {
      cli: 'nosuch.js',
      env: { SHA256: '' },
      says: 'no nosuch.js',
      reason: 'a missing program',
    },
  ])('refuses $reason', ({ cli, env, says }) => {
    expect(install(cli, env)).toEqual({
      status: 64,
      says: expect.stringContaining(says),
    });
  });
});

describe('requests', () => {
  it('for one database never run at once, those for different databases do', () => {
    expect(
      (parse(read('.github/workflows/create-rds-database.yml')) as Concurrent)
        .concurrency,
    ).toEqual({
      group: 'create-rds-database-${{ inputs.request_id }}',
      'cancel-in-progress': false,
    });
  });

  it('run no code of a fork, and no code of a pull request with write permissions or the rights of main', () => {
    for (const file of files) {
      const workflow = parse(read('.github/workflows', file)) as {
        on: Record<string, unknown>;
        jobs: Record<string, Job>;
      };
      if ('pull_request_target' in workflow.on)
        for (const { steps } of Object.values(workflow.jobs))
          for (const { uses, run, with: given } of steps) {
            // Whatever is checked out may be run, so it must come from the base.
            if (uses?.startsWith('actions/checkout@'))
              expect({ file, ref: given?.ref }).toEqual({
                file,
                ref: '${{ github.event.pull_request.base.ref }}',
              });
            expect(run ?? '').not.toMatch(/\bgit\b|\bcd\b/);
          }
      if (!('pull_request' in workflow.on)) continue;
      for (const [id, { permissions, steps, if: condition }] of Object.entries(
        workflow.jobs,
      )) {
        const writes = Object.entries(permissions ?? {}).some(
          ([name, level]) => level === 'write' && name !== 'id-token',
        );
        if (!writes || /event_name != 'pull_request'/.test(condition ?? ''))
          continue;
        const checkouts = steps.filter(step =>
          step.uses?.startsWith('actions/checkout@'),
        );
        expect({
          id,
          checkouts: checkouts.map(step => step.with?.ref),
        }).toEqual({
          id,
          checkouts: checkouts.map(
            () => '${{ github.event.pull_request.base.sha }}',
          ),
        });
      }
    }
  });
});

describe('the guard', () => {
  it('removes after a push each label by which the approvers allow something', () => {
    const { jobs } = parse(
      read('.github/workflows/rds-database-guard.yml'),
    ) as { jobs: Record<string, Job> };
    expect(jobs.withdraw.steps[0].run).toContain(
      `for label in ${APPROVAL_LABELS.join(' ')}; do`,
    );
  });
});

describe('an apply', () => {
  it('records the changes, also after it is stopped', () => {
    const { apply } = (
      parse(read('.github/workflows/rds-database-apply.yml')) as {
        jobs: Record<string, { steps: Array<{ if?: string; run?: string }> }>;
      }
    ).jobs;
    // In a cancelled or timed-out job, only always() is true.
    expect(
      apply.steps.find(({ run }) => run?.includes('goldenpath-rds record'))!.if,
    ).toMatch(/always\(\)/);
  });
});

describe('the environments of a run', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-path-environments-'));
    // There are folders of no environment too, and one environment is coupled.
    for (const root of ['dev-rds', 'perf-rds', 'qa', 'network']) {
      mkdirSync(join(folder, 'envs', root), { recursive: true });
      writeFileSync(join(folder, 'envs', root, 'terraform.tfvars'), '');
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const find = (
    file: string,
    job: string,
    env: Record<string, string> = {},
  ): { status: number | null; says: string; found: string } => {
    const { steps } = (
      parse(read('.github/workflows', file)) as { jobs: Record<string, Job> }
    ).jobs[job];
    const output = join(folder, 'output');
    writeFileSync(output, '');
    const { status, stdout } = spawnSync(
      'bash',
      [
        '-e',
        '-c',
        steps.find(({ name }) => name === 'Find the environments')!.run!,
      ],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          GITHUB_OUTPUT: output,
          ENVIRONMENTS: 'dev test qa perf',
          FOLDER: 'envs',
          ...env,
        },
      },
    );
    return { status, says: stdout, found: readFileSync(output, 'utf8') };
  };

  it('are those of goldenpath.yaml with a terraform.tfvars', () => {
    for (const [file, job] of [
      ['rds-database-apply.yml', 'changed'],
      ['rds-drift.yml', 'declared'],
    ])
      expect(find(file, job)).toMatchObject({
        status: 0,
        found: 'environments=["dev","qa","perf"]\n',
      });
  });

  it('are only the chosen one, and an unknown one is refused', () => {
    const choose = (CHOSEN: string) =>
      find('rds-database-apply.yml', 'changed', { CHOSEN });
    expect(choose('perf')).toMatchObject({
      status: 0,
      found: 'environments=["perf"]\n',
    });
    for (const chosen of ['mars', 'dev test', '*', 'network'])
      expect(choose(chosen)).toEqual({
        status: 64,
        says: `::error::There is no environment "${chosen}"; use one of dev, test, qa, perf.\n`,
        found: '',
      });
  });
});

describe('a plan', () => {
  const { plan } = (
    parse(read('.github/workflows/rds-database-apply.yml')) as {
      jobs: Record<string, Job>;
    }
  ).jobs;

  it.each([
    { step: 'Plan the credentials', program: 'terraform' },
    { step: 'Plan roles, databases and grants', program: 'goldenpath-rds' },
  ])(
    'that fails fails the step and keeps its output: $step',
    ({ step, program }) => {
      const folder = mkdtempSync(join(tmpdir(), 'golden-path-plan-'));
      try {
        mkdirSync(join(folder, 'envs/dev'), { recursive: true });
        writeFileSync(
          join(folder, program),
          '#!/bin/sh\n[ "$1" = init ] || { echo "it broke"; exit 1; }\n',
          { mode: 0o755 },
        );
        const script = join(folder, 'step.sh');
        writeFileSync(
          script,
          plan.steps.find(({ name }) => name === step)!.run!,
        );
        // GitHub runs a step without `shell` like this.
        const { status } = spawnSync('bash', ['-e', script], {
          cwd: folder,
          env: {
            PATH: [folder, process.env.PATH].join(delimiter),
            RUNNER_TEMP: folder,
            ENVIRONMENT: 'dev',
            ROOT: 'envs/dev',
          },
        });
        expect(status).toBe(1);
        expect(readFileSync(join(folder, 'plan.txt'), 'utf8')).toContain(
          'it broke',
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('the inputs of create-rds-database.yml', () => {
  const inputs = parse(read('.github/workflows/create-rds-database.yml')).on
    .workflow_dispatch.inputs as Record<
    string,
    { type: string; required: boolean; options?: string[]; default?: string }
  >;

  it('are exactly the inputs that a request sends', () => {
    const parsed = parseRequest(EXAMPLE);
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
      '.github/workflows/_build-and-release.yml',
    ])
      expect(read(path)).toContain(ENVIRONMENT_PATTERN);
  });

  it('requires the same bounded range of Terraform versions everywhere', () => {
    const matchesOf = (pattern: RegExp, ...path: string[]) =>
      [...read(...path).matchAll(pattern)].map(match => match[1]);
    // Ephemeral values came with 1.10, write-only arguments with 1.11.
    for (const root of ['envs/dev-rds', 'instance'])
      expect(
        matchesOf(/required_version = "(.*)"/g, root, 'versions.tf'),
      ).toEqual(['~> 1.11']);
    // The action reads ranges as npm does, where "~> 1.11" excludes 1.12.
    expect(
      matchesOf(
        /terraform_version: '(.*)'/g,
        '.github/workflows/rds-database-apply.yml',
      ),
    ).toEqual(['^1.11', '^1.11']);
    for (const text of [read('rds.mk'), read('../docs/install.md')])
      expect(text).toContain('Terraform 1, from 1.11 on');
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

  // Not every machine can download providers; the variables alone require none.
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
          // Names that new requests must not have.
          pg_data: 'rdsapp_user',
          orders_db: 'current_user',
        });
        expect({
          status: ok.status,
          says: ok.status === 0 ? '' : ok.stderr,
        }).toEqual({ status: 0, says: '' });
        const contract = (field: 'databaseName' | 'username', value: string) =>
          parseDeclared({ ...EXAMPLE, [field]: value });
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
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
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
  ])('$target', ({ target, says }) => {
    expect(make(target, 'ENV=dev').stdout).toContain(`goldenpath-rds ${says}`);
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
