import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { planInfraRequest } from '@goldenpath/plugin-golden-path-node';
import { builtCli } from '../../../../tests/support/builtCli';
import { runCommandLine } from '../../../../tests/support/commandLine';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  CREATED,
  declareDatabase,
} from '../../../../tests/support/exampleDatabase';
import { startProgram } from '../../../../tests/support/startProgram';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const PROD_TFVARS = 'envs/prod-rds/terraform.tfvars';

let bin: string;
beforeAll(async () => {
  bin = await builtCli();
});

describe('goldenpath-rds guard', () => {
  let folder: string;
  let root: string;

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      },
      encoding: 'utf8',
    });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'x');
  };
  const guard = (args: string[], env: Record<string, string> = {}) =>
    runCommandLine(['guard', '--root', root, ...args], {
      HOME: folder,
      ...env,
    });
  const startGuard = (args: string[], env: Record<string, string>) =>
    startProgram(process.execPath, [bin, 'guard', '--root', root, ...args], {
      env: { HOME: folder, ...env },
    }).ended;
  const add = async (
    environment: string,
    databaseName: string,
    size: 'small' | 'xlarge' = 'small',
  ) => {
    const tfvars = `envs/${environment}-rds/terraform.tfvars`;
    const { changes } = await planInfraRequest(
      {
        catalog: { path: CATALOG_PATH, text: read(CATALOG_PATH) },
        tfvars: { path: tfvars, text: read(tfvars) },
      },
      declareDatabase(databaseName, { environment, size }),
      CREATED,
    );
    for (const { path, text } of changes) write(path, text);
  };

  beforeEach(async () => {
    folder = createFolder();
    root = join(folder, 'infra');
    mkdirSync(root);
    git('init', '--quiet', '--initial-branch=main');
    write(CATALOG_PATH, 'version: "1.0"\ndatabases: {}\n');
    write(TFVARS, 'application_databases = {}\n');
    write(PROD_TFVARS, 'application_databases = {}\n');
    await add('dev', 'first_db');
    commit();
    git('checkout', '--quiet', '-b', 'change');
  });

  it('accepts an addition beside other files while main moves on', async () => {
    await add('prod', 'second_db', 'xlarge');
    write('README.md', 'hello\n');
    commit();
    git('checkout', '--quiet', 'main');
    await add('dev', 'third_db');
    commit();
    git('checkout', '--quiet', 'change');
    const output = join(folder, 'output');
    expect(
      await startGuard(['--base', 'main'], {
        GITHUB_ACTIONS: 'true',
        GITHUB_OUTPUT: output,
      }),
    ).toEqual({
      code: 0,
      out: 'The catalog and terraform.tfvars agree.\nThe platform team must approve the size: xlarge.\n',
      err: '',
    });
    expect(readFileSync(output, 'utf8')).toBe(
      'needs-platform-team=true\nsizes=xlarge\napprovers=platform-team\n',
    );
  });

  it('refuses checked-out files that disagree, as lines and annotations; --head checks a commit instead', async () => {
    commit();
    write(
      TFVARS,
      read(TFVARS).replace('"first_db_user"', '"other, 100%_user"'),
    );
    const message =
      'database "first_db" of dev: username is "first_db_user" here and "other, 100%_user" in envs/dev-rds/terraform.tfvars:2; use the same value in both.';
    const { code, out, err } = await guard(
      ['--base', 'main', '--label', 'rds-change-allowed', '--label', 'other'],
      { GITHUB_ACTIONS: 'true' },
    );
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        `${CATALOG_PATH}:4: ${message}`,
        `::error file=${CATALOG_PATH},line=4::${message.replace('%', '%25')}`,
      ]),
    );
    expect(await guard(['--base', 'main', '--head', 'change'])).toMatchObject({
      code: 0,
    });
  });

  it('refuses removals and changes without their labels, and both together', async () => {
    git('checkout', '--quiet', 'main');
    await add('dev', 'second_db');
    commit();
    git('checkout', '--quiet', '-B', 'change');
    const one = read(TFVARS).replace(/ {2}second_db = [\s\S]*?\n {2}}\n/, '');
    const catalog = read(CATALOG_PATH);
    const change = (from: string) => from.replace('risk: medium', 'risk: high');
    const remove = (from: string) => from.replace(/ {4}second_db:[\s\S]*$/, '');
    const changed = `${CATALOG_PATH}:4: database "first_db" of dev is changed: risk was "medium" and is "high". The label rds-change-allowed allows it.`;
    const removed = [`${TFVARS}:7`, `${CATALOG_PATH}:19`].map(
      place =>
        `${place}: database "second_db" of dev, declared in this line of the base, is removed. The label rds-removal-allowed, with an approving review by a second person, allows it.`,
    );
    const mixed = `${TFVARS}:7: database "second_db" of dev is removed together with a change of database "first_db" of dev; no label allows that. Use a pull request for each.`;
    const guarded = async (...labels: string[]) => {
      const { code, out } = await guard([
        ...['--base', 'main'],
        ...labels.map(label => `--label=${label}`),
      ]);
      return { code, lines: out.split('\n').slice(0, -1) };
    };

    write(TFVARS, one);
    write(CATALOG_PATH, remove(catalog));
    commit();
    expect(await guarded()).toEqual({ code: 1, lines: removed });
    expect(await guarded('rds-removal-allowed')).toMatchObject({ code: 0 });

    write(CATALOG_PATH, change(remove(catalog)));
    commit();
    expect(await guarded()).toEqual({
      code: 1,
      lines: [changed, ...removed, mixed],
    });
    expect(await guarded('rds-removal-allowed', 'rds-change-allowed')).toEqual({
      code: 1,
      lines: [mixed],
    });
  });

  it('checks a change of goldenpath.yaml by the settings of the base', async () => {
    write('goldenpath.yaml', 'environments: [dev, prod, perf]\n');
    write('envs/perf-rds/terraform.tfvars', 'application_databases = {}\n');
    commit();
    const { code, out } = await guard(['--base', 'main']);
    expect({ code, out }).toEqual({
      code: 1,
      out: [
        'envs/perf-rds/terraform.tfvars:1: is added, and in envs only an existing terraform.tfvars may change, because Terraform loads the other files too. The label rds-platform-allowed allows it.',
        'goldenpath.yaml:1: environments was ["dev","test","staging","prod"] and is ["dev","prod","perf"]. The label rds-platform-allowed allows it.',
        '',
      ].join('\n'),
    });
    const allowed = ['--base', 'main', '--label', 'rds-platform-allowed'];
    expect(await guard(allowed)).toMatchObject({ code: 0 });

    // Requests may use the environment once it is merged, not before.
    const request = async () => {
      const text = read(CATALOG_PATH);
      await add('perf', 'fast_db');
      return { text, ...(await guard(allowed)) };
    };
    write(
      'goldenpath.yaml',
      'environments: [dev, test, staging, prod, perf]\n',
    );
    commit();
    const early = await request();
    expect(early).toMatchObject({
      code: 1,
      out: expect.stringContaining(
        'database "fast_db" of perf: Environment: choose one of dev, test, staging, prod.',
      ),
    });
    write(CATALOG_PATH, early.text);
    write('envs/perf-rds/terraform.tfvars', 'application_databases = {}\n');
    expect(await guard(allowed)).toMatchObject({ code: 0 });
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', 'change');
    git('checkout', '--quiet', '-b', 'request');
    expect(await request()).toMatchObject({ code: 0 });
  });

  it('reads catalog, folder and approvers from goldenpath.yaml, and refuses an invalid one', async () => {
    git('checkout', '--quiet', 'main');
    write(
      'goldenpath.yaml',
      'catalog: databases.yaml\nenvironmentsPath: stages\napprovers: dba\n',
    );
    git('mv', CATALOG_PATH, 'databases.yaml');
    git('mv', 'envs', 'stages');
    commit();
    git('checkout', '--quiet', '-b', 'moved');
    write('databases.yaml', 'version: "1.0"\ndatabases: {}\n');
    write('goldenpath.yaml', 'environments: [Mars]\n');
    const output = join(folder, 'output');
    const { code, out } = await guard(
      ['--base', 'main', '--label', 'rds-removal-allowed'],
      { GITHUB_OUTPUT: output },
    );
    expect({ code, lines: out.split('\n') }).toEqual({
      code: 1,
      lines: [
        'goldenpath.yaml:1: environments.0: use 2 to 15 lower-case letters and digits, beginning with a letter, such as perf. Got "Mars".',
        'stages/dev-rds/terraform.tfvars:2: database "first_db" of dev is not in databases.yaml; add it there with goldenpath-rds request.',
        '',
      ],
    });
    expect(readFileSync(output, 'utf8')).toContain('approvers=dba\n');
  });

  it('refuses files that Terraform would load too, committed or only checked out', async () => {
    write('envs/dev-rds/zz.auto.tfvars', 'application_databases = {}\n');
    symlinkSync('../README.md', join(root, 'envs', 'notes.md'));
    write('docs/free.md', 'hello\n');
    const rule =
      'in envs only an existing terraform.tfvars may change, because Terraform loads the other files too. The label rds-platform-allowed allows it.';
    const refused = {
      code: 1,
      out: [
        `envs/dev-rds/zz.auto.tfvars:1: is added, and ${rule}`,
        'envs/notes.md:1: is added, and a symbolic link can stand in for another file. The label rds-platform-allowed allows it.',
        `envs/dev-rds/zz.auto.tfvars:1: Terraform takes application_databases from here, not from ${TFVARS}; declare the databases there alone.`,
        '',
      ].join('\n'),
      err: '',
    };
    expect(await guard(['--base', 'main'])).toEqual(refused);
    commit();
    expect(await guard(['--base', 'main'])).toEqual(refused);
    expect(await guard(['--base', 'main', '--head', 'change'])).toEqual(
      refused,
    );
    // A rename is a removal and an addition.
    git('mv', TFVARS, 'envs/dev-rds/terraform.tfvars.json');
    commit();
    expect((await guard(['--base', 'main', '--head', 'change'])).out).toContain(
      `${TFVARS}:1: is removed, and ${rule}`,
    );
  });

  it.each<{
    reason: string;
    path: string;
    text: string;
    /** Refused with every label, too; undefined: a label is enough. */
    says?: string;
  }>([
    {
      reason: 'CASES 13: databases that win over those of terraform.tfvars',
      path: 'envs/dev-rds/zz.auto.tfvars',
      text: 'application_databases = {}\n',
      says: `envs/dev-rds/zz.auto.tfvars:1: Terraform takes application_databases from here, not from ${TFVARS}; declare the databases there alone.`,
    },
    {
      reason: 'the same as JSON, with an escape in the name',
      path: 'envs/dev-rds/terraform.tfvars.json',
      text: '{"application\\u005fdatabases": {}}\n',
      says: `envs/dev-rds/terraform.tfvars.json:1: Terraform takes application_databases from here`,
    },
    {
      reason: 'the secrets of another environment',
      path: 'envs/dev-rds/.auto.tfvars',
      text: 'environment = "prod"\n',
      says: 'envs/dev-rds/.auto.tfvars:1: environment is "prod" here, but "dev" is requested',
    },
    {
      reason: 'the same by an override',
      path: 'envs/dev-rds/override.tf',
      text: 'variable "environment" {\n  default = "prod"\n}\n',
      says: 'envs/dev-rds/override.tf:1: environment is "prod" here, but "dev" is requested',
    },
    {
      reason: 'an instance beside the shared one',
      path: 'envs/dev/10.auto.tfvars',
      text: 'rds_config = { enabled = true }\n',
      says: `Both ${TFVARS} and envs/dev/terraform.tfvars (rds_config.enabled is true) could declare`,
    },
    {
      reason: 'databases of an environment that has no terraform.tfvars',
      path: 'envs/perf-rds/databases.auto.tfvars',
      text: 'application_databases = {}\n',
      says: 'envs/perf-rds/databases.auto.tfvars:1: Terraform takes application_databases from here',
    },
    {
      reason: 'variables of the platform',
      path: 'envs/dev-rds/10-region.auto.tfvars',
      text: 'region = "eu-central-1"\n',
    },
    {
      reason: 'a file that Terraform does not load',
      path: 'envs/dev-rds/other.tfvars',
      text: 'application_databases = {}\n',
    },
  ])(
    "lets nothing new into an environment's folder: $reason",
    async ({ path, text, says }) => {
      write(path, text);
      commit();
      const args = ['--base', 'main', '--head', 'change'];
      const plain = await guard(args);
      expect(plain.code).toBe(1);
      expect(plain.out).toContain(
        `${path}:1: is added, and in envs only an existing terraform.tfvars may change`,
      );
      if (says) expect(plain.out).toContain(says);
      const labels = ['platform', 'change', 'removal'].flatMap(label => [
        '--label',
        `rds-${label}-allowed`,
      ]);
      const allowed = await guard([...args, ...labels]);
      expect(allowed.code).toBe(says ? 1 : 0);
      if (says) expect(allowed.out).toContain(says);
    },
  );

  it('refuses a symbolic link that every label allows', async () => {
    mkdirSync(join(root, 'roots'));
    git('mv', 'envs/dev-rds', 'roots/dev-rds');
    symlinkSync('../roots/dev-rds', join(root, 'envs/dev-rds'));
    commit();
    const { code, out } = await guard([
      ...['--base', 'main', '--label', 'rds-platform-allowed'],
      ...['--label', 'rds-removal-allowed', '--label', 'rds-change-allowed'],
    ]);
    expect({ code, out }).toEqual({
      code: 1,
      out: 'envs/dev-rds:1: this is a symbolic link to "../roots/dev-rds", and symbolic links are not followed, because a commit doesn\'t have what they point to. Replace it with the file or folder itself.\n',
    });
  });

  it('takes no notice of an archive elsewhere, and of files beside one in the repo', async () => {
    write('tools/data.json', '{}\n');
    commit();
    const args = ['--base', 'main', '--head', 'change', '--cli'];
    expect(await guard([...args, bin])).toMatchObject({ code: 0 });
    expect((await guard([...args, 'tools/goldenpath-rds.tgz'])).out).toContain(
      'tools/data.json:1: is added, and it lies beside goldenpath-rds',
    );
  });

  it('reads the labels of a pull request and says why one does not count', async () => {
    const label = { name: 'rds-platform-allowed' };
    const repo = '/repos/acme/infra';
    let setter = 'jane';
    const answers: Partial<Record<string, () => unknown>> = {
      [`${repo}/pulls/7`]: () => ({
        user: { login: 'jane' },
        labels: [label],
        head: { ref: 'change', sha: 'abc', repo: { full_name: 'acme/infra' } },
      }),
      [`${repo}/issues/7/events`]: () => [
        { id: 1, event: 'labeled', label, actor: { login: setter } },
      ],
      '/orgs/acme/teams/platform-team': () => ({}),
      '/orgs/acme/teams/platform-team/memberships/ann': () => ({
        state: 'active',
      }),
    };
    const tokens = new Set<string>();
    const server = createServer((request, response) => {
      const scope = request.url!.startsWith('/orgs') ? 'teams' : 'repo';
      tokens.add(`${scope}: ${request.headers.authorization}`);
      const answer = answers[request.url!.split('?')[0]];
      response
        .writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ? answer() : {}));
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
    try {
      const { port } = server.address() as AddressInfo;
      const env = {
        GITHUB_TOKEN: 't',
        GOLDENPATH_MEMBERS_TOKEN: 'm',
        GITHUB_REPOSITORY: 'acme/infra',
        GITHUB_API_URL: `http://127.0.0.1:${port}`,
        GITHUB_ACTIONS: 'true',
      };
      write('Makefile', 'all:\n');
      commit();
      const reason =
        "The label rds-platform-allowed doesn't count: it was set by jane, who opened the pull request; someone else of platform-team must set it.";
      const refused = await guard(['--base', 'main', '--pull', '7'], env);
      expect(refused).toMatchObject({ code: 1, err: '' });
      expect(refused.out.split('\n').slice(-4)).toEqual([
        'A label counts once a member of platform-team sets it who did not open the pull request.',
        reason,
        `::warning::${reason}`,
        '',
      ]);
      setter = 'ann';
      expect(await guard(['--base', 'main', '--pull', '7'], env)).toMatchObject(
        { code: 0 },
      );
      expect([...tokens].sort()).toEqual(['repo: token t', 'teams: token m']);
      setter = 'eve';
      expect(await guard(['--base', 'main', '--pull', '7'], env)).toMatchObject(
        { code: 1 },
      );
    } finally {
      server.close();
    }
    expect(await guard(['--base', 'main', '--pull', '7'])).toEqual({
      code: 64,
      out: '',
      err: 'goldenpath-rds: --pull requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name); set them as environment variables.\n',
    });
    expect(
      await guard(['--base', 'main', '--pull', '7', '--label', 'x']),
    ).toEqual({
      code: 64,
      out: '',
      err: 'goldenpath-rds: --label: leave it out with --pull, which reads the labels of the pull request.\n',
    });
  });

  it('refuses a file that it cannot read, with path and line', async () => {
    write(TFVARS, 'application_databases = {\n');
    write(CATALOG_PATH, 'databases:\n  dev: [\n');
    const { code, out } = await guard(['--base', 'main']);
    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`^${CATALOG_PATH}:3: .*\n${TFVARS}:2: .*\n$`),
    );
    write(CATALOG_PATH, 'version: "1.0"\ndatabases: {}\n');
    write(
      TFVARS,
      'environment = "prod"\napplication_databases = {\n  a = {}\n}\n',
    );
    expect((await guard(['--base', 'main'])).out.split('\n')).toEqual([
      expect.stringContaining(`${TFVARS}:1: environment changed`),
      expect.stringContaining(`${TFVARS}:1: environment is "prod" here`),
      `${TFVARS}:3: "a": database_name is missing.`,
      `${TFVARS}:3: "a": username is missing.`,
      '',
    ]);
  });

  it('exits with 64 for usage errors and runs no command from a ref name', async () => {
    commit();
    const canary = join(folder, 'canary');
    for (const ref of [
      'nowhere',
      `--output=${canary}`,
      `$(touch ${canary})`,
      'main\n::error::x',
    ]) {
      const { code, out, err } = await guard([`--base=${ref}`]);
      expect({ ref, code, out }).toEqual({ ref, code: 64, out: '' });
      expect(err).toBe(
        `goldenpath-rds: --base: there is no commit ${JSON.stringify(
          ref,
        )} in this clone; fetch it first, or use another one.\n`,
      );
    }
    expect(existsSync(canary)).toBe(false);
    expect(await guard([])).toEqual({
      code: 64,
      out: '',
      err: 'goldenpath-rds: --base is required: the branch or commit to merge into, such as origin/main.\n',
    });
    expect(
      await guard(['--base', 'main', '--catalog', '../x.yaml']),
    ).toMatchObject({ code: 64 });
    git('checkout', '--quiet', '--orphan', 'other');
    commit();
    // Of the same second it is the same commit as main's.
    git('commit', '--quiet', '--amend', '--message', 'of no other history');
    expect((await guard(['--base', 'main'])).err).toContain('fetch-depth: 0');
  });
});
