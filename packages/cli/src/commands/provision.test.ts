import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import {
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  LocalSecretsManager,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import {
  auditPath,
  CATALOG_PATH,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import { builtCli } from '../../../../tests/support/builtCli';
import { createFolder } from '../../../../tests/support/createFolder';
import {
  declareDatabase,
  renderCatalog,
} from '../../../../tests/support/exampleDatabase';
import { query } from '../../../../tests/support/postgres';
import {
  awsVariables,
  createSecret,
  createSecretsClient,
} from '../../../../tests/support/secrets';
import { startProgram } from '../../../../tests/support/startProgram';
import {
  startTemporaryPostgres,
  TemporaryPostgres,
} from '../../../../tests/support/temporaryPostgres';

const CANARY = `cAnArY'"\\%s ü`;

let bin: string;
beforeAll(async () => {
  bin = await builtCli();
});

let folder: string;
let root: string;
let postgres: TemporaryPostgres;
let secretsManager: LocalSecretsManager;
let client: SecretsManagerClient;

beforeAll(async () => {
  folder = createFolder();
  [postgres, secretsManager] = await Promise.all([
    startTemporaryPostgres({ settings: { log_statement: 'all' } }),
    startSecretsManager({ port: 0, stateFile: join(folder, 'secrets.json') }),
  ]);
  client = createSecretsClient(secretsManager.url);
  const { host, port, master } = postgres;
  await make('goldenpath/dev/rds/master', { host, port, ...master });
  await make('goldenpath/prod/rds/master', { host, port, ...master });
});
afterAll(async () => {
  await secretsManager.stop();
  await postgres.stop();
});
beforeEach(() => {
  root = createFolder();
});

const make = (name: string, value: object) => createSecret(client, name, value);
const secretOf = (database: string, password = CANARY) => ({
  host: postgres.host,
  port: String(postgres.port),
  dbname: database,
  username: `${database}_user`,
  password,
});
const makeSecretOf = (database: string) =>
  make(secretName('dev', database), secretOf(database));

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
/** An infra repo that declares these databases in dev. */
const declare = (...databases: string[]) => {
  const entries = databases.map(
    name =>
      `  ${name} = { database_name = "${name}", username = "${name}_user" }\n`,
  );
  write(
    'envs/dev-rds/terraform.tfvars',
    `application_databases = {\n${entries.join('')}}\n`,
  );
  write(
    CATALOG_PATH,
    renderCatalog(databases.map(name => declareDatabase(name))),
  );
};
const audit = (): Array<Record<string, string>> =>
  parse(readFileSync(join(root, auditPath('dev')), 'utf8'), { columns: true });
const catalogText = () => readFileSync(join(root, CATALOG_PATH), 'utf8');

const start = (args: string[], env: Record<string, string> = {}) =>
  startProgram(process.execPath, [bin, 'provision', ...args], {
    cwd: root,
    env: { HOME: folder, ...awsVariables(secretsManager.url), ...env },
  });
const provision = (...more: string[]) =>
  start(['--env', 'dev', '--root', root, '--ca-file', postgres.caFile, ...more])
    .ended;

describe('goldenpath-rds provision', () => {
  it('creates what is declared, writes audit and status, and has nothing to do the second time', async () => {
    declare('users_db');
    await makeSecretOf('users_db');

    const runUrl = 'https://github.com/acme/infra/actions/runs/1';
    const first = await provision(
      ...['--build-id', 'b1', '--run-id', 'r1', '--run-url', runUrl],
    );
    expect(first.err).toContain('create database users_db');
    expect(first.out).toContain('Done: 6 changes.');
    expect(first.code).toBe(0);
    expect(audit()).toMatchObject([
      {
        action: 'create_role',
        status: 'success',
        build_id: 'b1',
        run_id: 'r1',
        run_url: runUrl,
      },
      { action: 'comment' },
      { action: 'grant' },
      { action: 'create_database', database: 'users_db' },
      { action: 'revoke' },
      { action: 'grant', username: 'users_db_user' },
      { action: 'observe', database: '', status: 'success' },
    ]);
    expect(catalogText()).toContain('status: active');

    const second = await provision();
    expect(second.out).toContain('Plan: no changes');
    expect(second.out).toContain('Nothing to do.');
    expect(second.code).toBe(0);
    expect(audit()).toHaveLength(8);

    for (const text of [
      first.out + first.err + second.out + second.err,
      readFileSync(join(root, auditPath('dev')), 'utf8'),
      readFileSync(postgres.logFile, 'utf8'),
    ]) {
      expect(text).not.toContain('cAnArY');
      expect(text).not.toContain(postgres.master.password);
    }
  });

  it('exits with 2 if --check finds drift, and names the drift', async () => {
    declare('drift_db');
    await makeSecretOf('drift_db');
    await provision();
    expect(await provision('--check')).toMatchObject({
      code: 0,
      out: expect.stringContaining('No drift.'),
    });

    await client.send(
      new PutSecretValueCommand({
        SecretId: secretName('dev', 'drift_db'),
        SecretString: JSON.stringify(secretOf('drift_db', 'rotated')),
      }),
    );
    const rows = audit().length;
    expect(await provision('--check')).toMatchObject({
      code: 2,
      out: expect.stringContaining('set the password of drift_db_user'),
    });
    expect(audit()).toHaveLength(rows);
  });

  it('shows the plan in a dry run, as lines and as JSON events', async () => {
    declare('dry_db');
    await makeSecretOf('dry_db');
    const { code, out } = await provision('--dry-run', '--json');
    const events = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(({ type }) => type !== 'progress');
    // Roles of the tests before have no entry here.
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'plan',
      'note',
      'note',
      'summary',
    ]);
    expect(events[1].databases[0].changes.map((c: any) => c.action)).toContain(
      'create_database',
    );
    expect(code).toBe(0);
    expect(catalogText()).toContain('status: pending');
    expect(() => audit()).toThrow('ENOENT');
  });

  it('reports all problems of the secrets at once, before the first statement', async () => {
    declare('half_db', 'none_db');
    await make(secretName('dev', 'half_db'), {
      ...secretOf('half_db'),
      host: undefined,
      password: '',
    });
    const { code, err } = await provision();
    expect(err.split('\n').filter(line => line.startsWith('  '))).toEqual([
      '  goldenpath/dev/half_db/postgres: host is missing; generate it again with terraform apply -replace.',
      '  goldenpath/dev/half_db/postgres: password is empty; generate it again with terraform apply -replace.',
      "  goldenpath/dev/none_db/postgres: the secret doesn't exist; create it with terraform apply.",
    ]);
    expect(code).toBe(1);
    expect(audit()).toMatchObject([{ action: 'observe', status: 'failed' }]);
    expect(catalogText()).not.toContain('active');
  });

  it.each([
    {
      args: ['--env', 'dev'],
      words: '--root or --tfvars is required: the top folder of the infra repo',
      reason: 'neither --root nor --tfvars',
    },
    {
      args: ['--env', 'dev', '--root', 'nowhere'],
      words: 'nowhere is not a folder.',
      reason: 'a missing infra repo',
    },
    {
      args: ['--env', 'mars', '--root', '.'],
      words: '--env: use one of',
      reason: 'an unknown environment',
    },
    {
      args: ['--env', 'Mars', '--tfvars', 'some.tfvars'],
      words: '--env: use 2 to 15 lower-case letters and digits',
      reason: 'an invalid environment name, without an infra repo',
    },
    {
      args: ['--env', 'perf', '--tfvars', 'some.tfvars', '--require-approval'],
      words: 'Changing "perf" requires approval',
      reason: 'no approval for a custom environment',
    },
    {
      args: ['--env', 'dev', '--root', '.', '--lock-timeout', 'soon'],
      words: '--lock-timeout: use',
      reason: 'an invalid time',
    },
    {
      args: ['--env', 'dev', '--root', '.', '--check', '--dry-run'],
      words: '--check and --dry-run: use only one of them.',
      reason: 'two modes',
    },
    {
      args: ['--env', 'prod', '--root', '.', '--require-approval'],
      words: 'ALLOW_DB_PROVISION=true',
      reason: 'no approval',
    },
    {
      args: ['--env', 'dev', '--root', '.', '--ca-file', 'nowhere.pem'],
      words: "can't read nowhere.pem",
      reason: 'a missing file',
    },
    {
      args: ['--env', 'dev', '--root', '.', '--ca-file', 'torn.pem'],
      words: '--ca-file: the first certificate in torn.pem is invalid',
      reason: 'a truncated certificate',
    },
  ])('exits with 64: $reason', async ({ args, words }) => {
    declare();
    write('torn.pem', '-----BEGIN CERTIFICATE-----\nMIID\n');
    const { code, err } = await start(args).ended;
    expect(err).toContain(words);
    expect(code).toBe(64);
  });

  it('lists all problems of the command line at once', async () => {
    write('none.pem', 'no certificate');
    const { code, err, out } = await start([
      ...['--concurrency', '0', '--lock-timeout', 'soon', '--port', '70000'],
      ...['--mode', 'sideways', '--secret-prefix', ' ', '--catalog', '../x'],
      ...['--tfvars', 'nowhere.tfvars', '--ca-file', 'none.pem'],
      ...['--root', '.', '--check', '--dry-run', '--host', 'a b'],
    ]).ended;
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err.split('\n')).toEqual([
      'goldenpath-rds: The command line has 12 problems:',
      '  --env is required: use one of dev, test, staging, prod.',
      '  --mode: use one of auto, standalone, coupled. Got "sideways".',
      '  --catalog: use a path inside the infra repo. Got "../x".',
      '  --secret-prefix: use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as goldenpath. Got " ".',
      '  --host: use a host name or an address, without a port, such as db.example.com. Got "a b".',
      '  --port: use a whole number from 1 to 65535. Got "70000".',
      '  --concurrency: use a whole number from 1 to 100. Got "0".',
      '  --lock-timeout: use a number with ms, s, m or h, up to 24h, such as 15m. Got "soon".',
      '  --root and --tfvars: use only one of them.',
      '  --check and --dry-run: use only one of them.',
      "  --tfvars: can't read nowhere.tfvars: ENOENT: no such file or directory, open 'nowhere.tfvars'",
      '  --ca-file: none.pem holds no certificate; use a PEM file that contains -----BEGIN CERTIFICATE-----.',
      '',
    ]);
  });

  it('shows its help without any setting', async () => {
    const { code, out, err } = await start(['--help']).ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const words of [
      'Exit codes:',
      '--check found drift',
      'ALLOW_DB_PROVISION=true',
      'AWS_REGION',
      'Examples:',
    ])
      expect(out).toContain(words);
  });

  it('runs with approval', async () => {
    write('prod.tfvars', 'application_databases = {}\n');
    const { code, err } = await start(
      [
        ...['--env', 'prod', '--tfvars', 'prod.tfvars', '--require-approval'],
        ...['--ca-file', postgres.caFile],
      ],
      { ALLOW_DB_PROVISION: 'true' },
    ).ended;
    expect(err).toContain('Provisioning 0 databases of "prod"');
    expect(code).toBe(0);
    expect(readFileSync(join(root, auditPath('prod')), 'utf8')).toContain(
      'observe,success',
    );
  });

  it.each(['--root', '--tfvars'])(
    'runs nothing if the file of %s belongs to another environment',
    async option => {
      declare();
      const path = 'envs/dev-rds/terraform.tfvars';
      write(path, 'environment = "prod"\napplication_databases = {}\n');
      const { code, out, err } = await start([
        ...['--env', 'dev', option, option === '--root' ? '.' : path],
      ]).ended;
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^goldenpath-rds: envs\/dev-rds\/terraform\.tfvars:1:1: environment is "prod" here, but "dev" is requested; [^\n]*\n$/,
      );
      expect(() => audit()).toThrow('ENOENT');
    },
  );

  it('names the certificate if the RDS CAs did not sign it', async () => {
    declare();
    const { code, err } = await start(['--env', 'dev', '--root', root]).ended;
    expect(err).toMatch(/certificate is not trusted .*--ca-file/);
    expect(code).toBe(1);
    const [row] = audit();
    expect(err).toContain(`goldenpath-rds: ${row.message}\n`);
  });

  it('exits with 1 before the first statement if the audit is not writable', async () => {
    declare('unaudited_db');
    await makeSecretOf('unaudited_db');
    write('file', '');
    const from = readFileSync(postgres.logFile, 'utf8').length;
    const { code, err } = await provision('--audit-output', 'file/audit.csv');
    expect(err).toMatch(
      /^goldenpath-rds: Can't write the audit to .*file\/audit\.csv: .*--audit-output\. Nothing was changed\.\n$/,
    );
    expect(code).toBe(1);
    expect(readFileSync(postgres.logFile, 'utf8').slice(from)).not.toContain(
      'statement:',
    );
  });

  it('stops at once on SIGTERM while it waits for another run, and has named that run', async () => {
    declare();
    const holder = await postgres.connectAsSuperuser();
    try {
      await holder.query("SET application_name = 'goldenpath-rds dev 41'");
      await holder.query('SELECT pg_advisory_lock(1735355492, 1885434984)');
      const run = start([
        ...['--env', 'dev', '--root', root, '--ca-file', postgres.caFile],
      ]);
      await new Promise<void>(done => {
        run.child.stderr!.on('data', () => {
          if (run.text().includes('Waiting for another run')) done();
        });
      });
      run.child.kill('SIGTERM');
      const { code, err } = await run.ended;
      expect(err).toContain(
        'Waiting for another run for 0 s: goldenpath-rds dev 41 (process',
      );
      expect(err).toContain(
        'Stopped while waiting for another run. Nothing was changed.\n',
      );
      expect(code).toBe(1);
    } finally {
      await holder.end();
    }
  });

  it('stops at once on SIGTERM while it connects', async () => {
    declare();
    const silent = createServer();
    await new Promise<void>(done => {
      silent.listen(0, 'localhost', done);
    });
    const port = String((silent.address() as AddressInfo).port);
    const run = start([
      ...['--env', 'dev', '--root', root, '--host', 'localhost'],
      ...['--port', port],
    ]);
    silent.on('connection', socket => {
      socket.on('error', () => undefined);
      run.child.kill('SIGTERM');
    });
    const { code, err } = await run.ended;
    silent.close();
    expect(err).toContain(
      `goldenpath-rds: localhost:${port}: stopped while connecting. Run it again.\n`,
    );
    expect(code).toBe(1);
    expect(audit()).toMatchObject([{ action: 'observe', status: 'failed' }]);
  });

  it('finishes its statement on SIGTERM and exits with 1; the audit is complete after a SIGKILL', async () => {
    const databases = Array.from({ length: 12 }, (_, n) => `many${n}_db`);
    declare(...databases);
    for (const database of databases) await makeSecretOf(database);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const run = start([
        ...['--env', 'dev', '--root', root, '--concurrency', '1'],
        ...['--ca-file', postgres.caFile],
      ]);
      await new Promise<void>(done => {
        run.child.stderr!.on('data', () => {
          if (/create database/.test(run.text())) done();
        });
      });
      run.child.kill(signal);
      const { code, out } = await run.ended;
      expect(code).toBe(signal === 'SIGTERM' ? 1 : null);
      if (signal === 'SIGTERM') {
        expect(out).toContain(
          'not finished before the run stopped; run it again.',
        );
        expect(run.text()).toContain(
          'Note: stopping after the statements that are running.',
        );
      }
    }

    expect(await provision()).toMatchObject({ code: 0 });
    for (const action of ['create_role', 'create_database']) {
      const recorded = audit()
        .filter(row => row.action === action && row.status !== 'failed')
        .map(row => row.database);
      expect([...recorded].sort()).toEqual([...databases].sort());
    }
    expect(await provision('--check')).toMatchObject({ code: 0 });
  });

  it('locks with --retire what is no longer declared, and unlocks what is declared again', async () => {
    declare('retired_db');
    await makeSecretOf('retired_db');
    expect(await provision()).toMatchObject({ code: 0 });
    declare();
    const told = await provision();
    const command = '--root . --env dev --retire retired_db, or declare';
    expect(told.err).toContain('more managed roles have no entry any more');
    const rows = audit().length;
    const listed = await provision('--retire');
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.err).toContain('so nothing is changed');
    expect(listed.err).toContain(command);
    declare('retired_db');
    const refused = await provision('--retire', 'other_db,retired_db');
    expect(refused).toMatchObject({ code: 64 });
    expect(refused.err).toMatch(
      /--retire: retired_db is declared in envs\/\S+\/terraform\.tfvars:\d+/,
    );
    declare();
    expect(audit()).toHaveLength(rows);
    const login = { user: 'retired_db_user', database: 'retired_db' };
    await logIn(login);
    const shown = await provision('--dry-run', '--retire', 'retired_db');
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.out).toContain(
      '    lock role retired_db_user: no entry declares it',
    );
    const locked = await provision('--retire', 'retired_db');
    expect(locked).toMatchObject({ code: 0 });
    expect(audit().at(-2)).toMatchObject({
      action: 'retire',
      status: 'success',
    });
    // Nothing of it goes into the catalog.
    expect(catalogText()).not.toContain('active');
    await expect(logIn(login)).rejects.toThrow('is not permitted to log in');
    declare('retired_db');
    expect(await provision()).toMatchObject({ code: 0 });
    await logIn(login);
  });
});

const logIn = (login: { user: string; database: string }) => {
  const { host, port, caFile } = postgres;
  return query({ host, port, caFile, ...login, password: CANARY }, 'SELECT 1');
};
