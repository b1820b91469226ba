import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { builtCli } from '../../../../tests/support/builtCli';
import { runCommandLine } from '../../../../tests/support/commandLine';
import { createFolder } from '../../../../tests/support/createFolder';
import { startProgram } from '../../../../tests/support/startProgram';

const WORKSPACE = resolve(__dirname, '../../../..');
/** The program as the workspace has it, running from its sources. */
const BIN = join(WORKSPACE, 'packages/cli/bin/goldenpath-rds.js');
const TFVARS = 'envs/dev-rds/terraform.tfvars';

let bin: string;
beforeAll(async () => {
  bin = await builtCli();
});

const values = {
  env: 'dev',
  database: 'users_db',
  username: 'users_app_user',
  owner: 'group:default/platform-team',
  'requested-by': 'jane',
  component: 'user-service',
};
const flags = (changed: Record<string, string> = {}) =>
  Object.entries({ ...values, ...changed }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);

describe('goldenpath-rds request', () => {
  let folder: string;
  let root: string;

  const start = (
    file: string,
    args: string[],
    env: Record<string, string> = {},
  ) =>
    startProgram(file, args, { cwd: WORKSPACE, env: { HOME: folder, ...env } })
      .ended;
  const run = (args: string[], env?: Record<string, string>) =>
    runCommandLine(args, { HOME: folder, ...env });
  const request = (
    changed?: Record<string, string>,
    more: string[] = [],
    env?: Record<string, string>,
  ) => run(['request', '--root', root, ...flags(changed), ...more], env);

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const files = () =>
    [CATALOG_PATH, TFVARS].map(path => readFileSync(join(root, path), 'utf8'));

  beforeEach(() => {
    folder = createFolder();
    root = join(folder, 'infra');
    write(CATALOG_PATH, 'version: "1.0"\ndatabases: {}\n');
    write(TFVARS, 'application_databases = {}\n');
  });

  it('changes both files, and nothing the second time', async () => {
    expect(
      await start(process.execPath, [
        ...[bin, 'request', '--root', root],
        ...flags(),
      ]),
    ).toEqual({
      code: 0,
      out: `Changed ${CATALOG_PATH}.\nChanged ${TFVARS}.\n`,
      err: '',
    });
    const changed = files();
    expect(changed[0]).toContain('owner: platform-team\n');
    expect(changed[1]).toContain(
      'username         = "users_app_user"\n    connection_limit = 100\n',
    );
    expect(await request()).toEqual({
      code: 0,
      out: 'The infra repo already has dev-users_db with the same values. Nothing to do.\n',
      err: '',
    });
    expect(files()).toEqual(changed);
  });

  it('reads the allowed values and the paths from goldenpath.yaml', async () => {
    write(
      'goldenpath.yaml',
      'environments: [dev, perf]\ndomains: [payments]\ncatalog: databases.yaml\nsecretPrefix: acme\n',
    );
    write('databases.yaml', 'version: "1.0"\ndatabases: {}\n');
    write('envs/perf-rds/terraform.tfvars', 'application_databases = {}\n');
    expect(await request({ env: 'perf', domain: 'payments' })).toEqual({
      code: 0,
      out: 'Changed databases.yaml.\nChanged envs/perf-rds/terraform.tfvars.\n',
      err: '',
    });
    expect(readFileSync(join(root, 'databases.yaml'), 'utf8')).toContain(
      'secret_path: acme/perf/users_db/postgres',
    );
    // An option wins over goldenpath.yaml.
    expect(
      await request({
        domain: 'payments',
        catalog: CATALOG_PATH,
        'secret-prefix': 'other',
      }),
    ).toMatchObject({ code: 0, out: expect.stringContaining(CATALOG_PATH) });
    expect(files()[0]).toContain('secret_path: other/dev/users_db/postgres');
    expect(await request({ env: 'prod' })).toEqual({
      code: 64,
      out: '',
      err: `goldenpath-rds: The command line has 2 problems:
  --env: use one of dev, perf. Got "prod".
  --domain: Domain: choose one of payments. Got "delivery".
`,
    });
  });

  it('runs by name at the root of the workspace', async () => {
    const { code, out } = await start(
      'npx',
      ['--no-install', 'goldenpath-rds', 'request', '--root', root, ...flags()],
      { NO_UPDATE_NOTIFIER: '1' },
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: `Changed ${CATALOG_PATH}.\nChanged ${TFVARS}.\n`,
    });
  });

  it('lists all invalid options at once', async () => {
    const before = files();
    expect(
      await request({ database: 'postgres', owner: 'user:jane', risk: 'huge' }),
    ).toEqual({
      code: 64,
      out: '',
      err: [
        'goldenpath-rds: The command line has 3 problems:',
        '  --database: Database name: choose a name that PostgreSQL and RDS do not reserve (postgres, template0, template1, rdsadmin, pg_…), such as users_db. Got "postgres".',
        '  --owner: Owner: databases and apps are owned by a Group, not by a user; choose a team, such as group:default/platform-team. Got "user:jane".',
        '  --risk: Risk: choose one of none, low, medium, high, access. Got "huge".',
        '',
      ].join('\n'),
    });
    expect(files()).toEqual(before);
  });

  it('lists all missing and invalid options at once', async () => {
    expect(await run(['request', '--mode', 'sideways'])).toEqual({
      code: 64,
      out: '',
      err: [
        'goldenpath-rds: The command line has 7 problems:',
        '  --env is required: use one of dev, test, staging, prod.',
        '  --database is required: the name of the database, such as users_db.',
        '  --username is required: the role that owns the database, such as users_app_user.',
        '  --owner is required: the team that owns the database, such as platform-team.',
        '  --requested-by is required: the user who requests the database, such as jane.',
        '  --component is required: the name of the app, such as user-service.',
        '  --mode: use one of auto, standalone, coupled. Got "sideways".',
        '',
      ].join('\n'),
    });
  });

  const hostile = (canary: string) => [
    `$(touch ${canary})`,
    `\`touch ${canary}\``,
    `x; touch ${canary}`,
    'a\n::set-output name=x::y',
    '-flag',
    '--open-pr',
    '../prod',
    '${{ github.token }}',
    'users_db" }\nevil = {',
    "users'db",
    'uѕers_db',
    '',
  ];
  it('refuses hostile values in every option; runs and writes nothing', async () => {
    const canary = join(folder, 'canary');
    const before = files();
    for (const value of hostile(canary)) {
      const all = Object.fromEntries(
        [...Object.keys(values), 'domain', 'risk', 'size', 'task-id', 'base']
          .concat(['catalog', 'environments-path'])
          .map(name => [name, value]),
      );
      const { code, out, err } = await request(all);
      expect({ value, code, out }).toEqual({ value, code: 64, out: '' });
      for (const name of Object.keys(all))
        expect(err).toMatch(new RegExp(`--${name}(?:: | is required: )`));
      // One line per problem: no value can start a line of its own.
      expect(err).not.toMatch(/^(?!goldenpath-rds: | {2}--)./m);
    }
    expect(existsSync(canary)).toBe(false);
    expect(files()).toEqual(before);
  });

  it.each([
    { reason: 'no command', args: [], says: 'Usage: goldenpath-rds' },
    {
      reason: 'an unknown command',
      args: ['drop'],
      says: "goldenpath-rds: unknown command 'drop'",
    },
    {
      reason: 'an unknown option',
      args: ['request', ...flags(), '--force'],
      says: "goldenpath-rds: unknown option '--force'",
    },
    {
      reason: 'an option without its value',
      args: ['request', ...flags(), '--mode'],
      says: "goldenpath-rds: option '--mode <mode>' argument missing",
    },
    {
      reason: 'a missing option',
      args: ['request', '--env', 'dev'],
      says: '--database is required: the name of the database, such as users_db.',
    },
    {
      reason: 'an unknown mode',
      args: ['request', ...flags(), '--mode', 'both'],
      says: '--mode: use one of auto, standalone, coupled. Got "both".',
    },
    {
      reason: 'a pull request without credentials',
      args: ['request', ...flags(), '--open-pr'],
      says: '--open-pr requires GITHUB_TOKEN and GITHUB_REPOSITORY (as owner/name); set them as environment variables.',
    },
  ])('exits with 64 for $reason', async ({ args, says }) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(says);
    expect(err).toMatch(/^(?:goldenpath-rds|Usage): /);
  });

  it('exits with 0 for --help', async () => {
    const { code, out, err } = await run(['request', '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('--requested-by <user>');
  });

  it.each([
    {
      reason: 'a syntax error',
      tfvars: 'application_databases = {\n  a = [\n',
      says: `${TFVARS}:3:1: `,
    },
    {
      reason: 'no application_databases',
      tfvars: 'region = "x"\n',
      says: `${TFVARS}:1:1: application_databases is missing`,
    },
    {
      reason: 'the file of another environment',
      tfvars: 'environment = "prod"\napplication_databases = {}\n',
      says: `${TFVARS}:1:1: environment is "prod" here, but "dev" is requested; `,
    },
    {
      reason: 'another role for the database',
      tfvars:
        'application_databases = {\n  users_db = { database_name = "users_db", username = "old_user" }\n}\n',
      says: `${TFVARS}:2:3: database "users_db" is already declared with other values: username is "old_user" there and "users_app_user" in the request.`,
    },
  ])(
    'exits with 1 and one line for $reason, and writes neither file',
    async ({ tfvars, says }) => {
      write(TFVARS, tfvars);
      const before = files();
      const { code, out, err } = await request();
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^goldenpath-rds: [^\n]*\n$/);
      expect(err).toContain(says);
      expect(files()).toEqual(before);
    },
  );

  describe('--open-pr', () => {
    let github: Server;
    let calls: string[];
    /** The method that the server answers with 403. */
    let refused: string | undefined;

    beforeEach(async () => {
      const git = (cwd: string, ...args: string[]) =>
        execFileSync(
          'git',
          ['-c', 'user.name=S', '-c', 'user.email=s@example.com', ...args],
          { cwd, stdio: 'pipe' },
        );
      git(folder, 'init', '--quiet', '--bare', 'origin.git');
      git(root, 'init', '--quiet');
      git(root, 'add', '--all');
      git(root, 'commit', '--quiet', '--message', 'first');
      git(root, 'remote', 'add', 'origin', join(folder, 'origin.git'));
      git(root, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');

      calls = [];
      refused = undefined;
      const pulls: Array<Record<string, unknown>> = [];
      github = createServer(async (asked, answer) => {
        let text = '';
        for await (const chunk of asked) text += chunk;
        const path = asked.url!.replace(/\?.*/, '');
        calls.push(`${asked.method} ${path} ${asked.headers.authorization}`);
        if (asked.method === refused) {
          answer
            .writeHead(403, { 'content-type': 'application/json' })
            .end('{"message":"Resource not accessible by integration"}');
          return;
        }
        if (asked.method === 'POST' && path.endsWith('/pulls')) {
          pulls.push({
            ...JSON.parse(text),
            number: 7,
            html_url: 'http://github/acme/infra/pull/7',
            labels: [],
          });
        }
        if (path.endsWith('/labels'))
          pulls[0].labels = JSON.parse(text).labels.map((name: string) => ({
            name,
          }));
        answer
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(asked.method === 'GET' ? pulls : pulls[0]));
      });
      await new Promise<void>(done => {
        github.listen(0, '127.0.0.1', done);
      });
    });
    afterEach(() => github.close());

    it('opens the pull request, prints its address, and changes nothing the second time', async () => {
      const output = join(folder, 'output');
      writeFileSync(output, 'earlier=1\n');
      const { port } = github.address() as AddressInfo;
      const env = {
        GITHUB_TOKEN: 'a-canary-token',
        GITHUB_REPOSITORY: 'acme/infra',
        GITHUB_API_URL: `http://localhost:${port}`,
        GITHUB_OUTPUT: output,
      };
      const before = files();
      expect(
        await request({ 'task-id': 'task-1' }, ['--open-pr'], env),
      ).toEqual({
        code: 0,
        out: 'Pull request #7 opened: http://github/acme/infra/pull/7\n',
        err: '',
      });
      expect(readFileSync(output, 'utf8')).toBe(
        'earlier=1\npull-request-url=http://github/acme/infra/pull/7\npull-request-number=7\n',
      );
      expect(files()).toEqual(before);
      expect(calls).toEqual([
        'GET /repos/acme/infra/pulls token a-canary-token',
        'POST /repos/acme/infra/pulls token a-canary-token',
        'POST /repos/acme/infra/issues/7/labels token a-canary-token',
      ]);
      expect(
        await request({ 'task-id': 'task-1' }, ['--open-pr'], env),
      ).toEqual({
        code: 0,
        out: 'Pull request #7 unchanged: http://github/acme/infra/pull/7\n',
        err: '',
      });
      expect(calls).toHaveLength(4);
    });

    it.each([
      {
        reason: 'GitHub is unreachable',
        isThere: false,
        says: 'GitHub did not answer GET /repos/acme/infra/pulls',
      },
      {
        reason: 'GitHub refuses',
        isThere: true,
        says: 'GitHub answered POST /repos/acme/infra/pulls with 403',
      },
    ])(
      'exits with 1 if $reason, without the token in its output',
      async ({ isThere, says }) => {
        const { port } = github.address() as AddressInfo;
        if (isThere) refused = 'POST';
        else github.close();
        const { code, out, err } = await request({}, ['--open-pr'], {
          GITHUB_TOKEN: 'a-canary-token',
          GITHUB_REPOSITORY: 'acme/infra',
          GITHUB_API_URL: `http://localhost:${port}`,
        });
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(err).toContain(says);
        expect(err).not.toContain('a-canary-token');
        expect(err).toMatch(/^goldenpath-rds: [^\n]*\n$/);
      },
    );
  });

  it('says what to do if there are neither sources nor a build', async () => {
    const lonely = join(folder, 'package/bin/goldenpath-rds.js');
    mkdirSync(dirname(lonely), { recursive: true });
    copyFileSync(BIN, lonely);
    expect(await start(process.execPath, [lonely])).toEqual({
      code: 1,
      out: '',
      err: 'goldenpath-rds: found neither sources nor a build; run npm run build --workspace @goldenpath/cli, or install the package again.\n',
    });
  });
});
