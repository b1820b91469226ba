import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  LocalSecretsManager,
  startSecretsManager,
} from '@goldenpath/local-platform/src/secrets-manager';
import { AUDIT_COLUMNS } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import {
  entry,
  Instance,
  startInstance,
} from '../../../../plugins/golden-path-node/src/act/testing/instance';
import {
  Cut,
  startProxy,
} from '../../../../plugins/golden-path-node/src/act/testing/startProxy';
import { stateOf } from '../../../../plugins/golden-path-node/src/act/testing/stateOf';

// Every test starts the program several times over.
jest.setTimeout(180_000);

const BIN = resolve(__dirname, '../../bin/goldenpath-rds.js');
const WORD = 'cAnArY';
const PASSWORD = `${WORD}'"\\%s ü`;

let folder: string;
let instance: Instance;
let secretsManager: LocalSecretsManager;
let client: SecretsManagerClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'golden-path-processes-'));
  [instance, secretsManager] = await Promise.all([
    startInstance(),
    startSecretsManager({ port: 0, stateFile: join(folder, 'secrets.json') }),
  ]);
  client = new SecretsManagerClient({
    endpoint: secretsManager.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { host, port, master } = instance;
  await makeSecret('goldenpath/dev/rds/master', { host, port, ...master });
});
afterAll(async () => {
  await secretsManager?.stop();
  await instance?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Entry = ReturnType<typeof entry>;

const makeSecret = (name: string, value: object) =>
  client.send(
    new CreateSecretCommand({
      Name: name,
      SecretString: JSON.stringify(value),
      // Names the version, which the mark of a role shows: the same for all.
      ClientRequestToken: '11111111-1111-4111-8111-111111111111',
    }),
  );
const makeSecretOf = ({ key, databaseName, username }: Entry) =>
  makeSecret(`goldenpath/dev/${key}/postgres`, {
    host: instance.host,
    port: instance.port,
    dbname: databaseName,
    username,
    password: PASSWORD,
  });

/** Starts the program on these entries. */
const start = (apps: readonly Entry[], audit: string, ...more: string[]) => {
  const tfvars = join(mkdtempSync(join(folder, 'run-')), 'terraform.tfvars');
  const declared = apps.map(
    ({ key, databaseName, username }) =>
      `  ${key} = { database_name = "${databaseName}", username = "${username}" }\n`,
  );
  writeFileSync(tfvars, `application_databases = {\n${declared.join('')}}\n`);
  const child = spawn(
    process.execPath,
    [
      ...[BIN, 'provision', '--env', 'dev', '--tfvars', tfvars],
      ...['--ca-file', instance.caFile, '--audit-output', audit, ...more],
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    },
  );
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => chunks.push(String(chunk)));
  const ended = new Promise<{ code: number | null; said: string }>(
    (done, fail) => {
      child.on('error', fail);
      child.on('close', code => done({ code, said: chunks.join('') }));
    },
  );
  return { child, ended };
};

/** Nothing lenient: a row of another length or a stray quote is an error. */
const readAudit = (path: string): Array<Record<string, string>> =>
  parse(readFileSync(path, 'utf8'), {
    columns: header => {
      expect(header).toEqual([...AUDIT_COLUMNS]);
      return header;
    },
  });

const made = (rows: Array<Record<string, string>>, action: string) =>
  rows
    .filter(row => row.action === action && row.status !== 'failed')
    .map(({ database }) => database)
    .sort();

/** What anyone on the machine can see of a process. */
const commandLines = (): string => {
  if (!existsSync('/proc/self/cmdline'))
    return execFileSync('ps', ['-axo', 'args='], { encoding: 'utf8' });
  return readdirSync('/proc')
    .filter(name => /^[0-9]+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // Ended in between.
      }
    })
    .join('\n');
};

const expectNoPassword = (...texts: string[]) => {
  const lines = texts
    .flatMap(text => text.split('\n'))
    .filter(
      line => line.includes(WORD) || line.includes(instance.master.password),
    );
  expect(lines).toEqual([]);
};

it('ends as if it had lived, wherever it was killed', async () => {
  // Of a new database: BEGIN, CREATE ROLE, COMMENT, GRANT, COMMIT; CREATE DATABASE; BEGIN, REVOKE, GRANT, COMMIT.
  const cuts: Cut[] = [
    { statements: 2, at: 'answer' },
    { statements: 4, at: 'request' },
    { statements: 5, at: 'answer' },
    { statements: 5, at: 'request' },
    { statements: 6, at: 'answer' },
    { statements: 8, at: 'answer' },
    { statements: 9, at: 'request' },
    { statements: 10, at: 'answer' },
  ];
  const audit = join(folder, 'killed.csv');
  const killed = cuts.map(({ statements, at }) =>
    entry(`killed_${at}${statements}`),
  );
  const clean = entry('never_killed');
  for (const app of [...killed, clean]) await makeSecretOf(app);

  const proxy = await startProxy(instance);
  try {
    for (const [index, cut] of cuts.entries()) {
      const port = ['--port', `${proxy.port}`];
      const { child, ended } = start([killed[index]], audit, ...port);
      proxy.cutAt(cut, () => child.kill('SIGKILL'));
      const { code, said } = await ended;
      expect({ cut, code, said }).toMatchObject({ cut, code: null });
      expect(proxy.heal()).toBe(true);
      expectNoPassword(said);
    }
  } finally {
    await proxy.stop();
  }
  const all = [...killed, clean];
  expect(await start(all, audit).ended).toMatchObject({ code: 0 });

  const states = await stateOf(instance, all, () => PASSWORD);
  const wanted = states[all.indexOf(clean)];
  expect(wanted).toMatchObject({ isPasswordRight: true });
  expect(states).toEqual(all.map(() => wanted));
  const databases = all.map(({ databaseName }) => databaseName).sort();
  expect(made(readAudit(audit), 'create_role')).toEqual(databases);
  expect(made(readAudit(audit), 'create_database')).toEqual(databases);
  expect(await start(all, audit, '--check').ended).toMatchObject({ code: 0 });
});

it('runs eight times at once and writes each change once; no process shows a password', async () => {
  const apps = Array.from({ length: 40 }, (_, n) => entry(`eight${n}`));
  await Promise.all(apps.map(makeSecretOf));
  const audit = join(folder, 'eight.csv');
  const runs = Array.from({ length: 8 }, (_, n) =>
    start(apps, audit, '--run-id', `run-${n}`, ...(n % 2 ? ['--json'] : [])),
  );

  let isOver = false;
  const all = Promise.all(runs.map(({ ended }) => ended)).finally(() => {
    isOver = true;
  });
  let seen = '';
  while (!isOver) {
    seen += `${commandLines()}\n`;
    const activity = await instance.sql('SELECT query FROM pg_stat_activity');
    seen += `${activity.map(({ query }) => query).join('\n')}\n`;
    await sleep(50);
  }
  const ended = await all;
  expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0));
  expect(seen).toContain('goldenpath-rds.js');

  const rows = readAudit(audit);
  const databases = apps.map(({ databaseName }) => databaseName).sort();
  expect(made(rows, 'create_role')).toEqual(databases);
  expect(made(rows, 'create_database')).toEqual(databases);
  // Six changes make a database for a master that is no superuser; only one of the runs made any.
  const changes = rows.filter(({ action }) => action !== 'observe');
  expect(changes).toHaveLength(40 * 6);
  expect(new Set(changes.map(({ run_id }) => run_id)).size).toBe(1);
  expect(
    rows
      .filter(({ action }) => action === 'observe')
      .map(({ run_id, status }) => `${run_id} ${status}`)
      .sort(),
  ).toEqual(runs.map((_, n) => `run-${n} success`));

  expectNoPassword(
    seen,
    readFileSync(audit, 'utf8'),
    instance.log(),
    ...ended.map(({ said }) => said),
  );
});

it('ends its work and writes it down where nobody reads any more what it says', async () => {
  const apps = Array.from({ length: 6 }, (_, n) => entry(`unread${n}`));
  await Promise.all(apps.map(makeSecretOf));
  const audit = join(folder, 'unread.csv');
  const { child, ended } = start(apps, audit, '--json');
  await new Promise<void>(done => {
    child.stdout.on('data', chunk => {
      if (String(chunk).includes('create_database')) done();
    });
  });
  child.stdout.destroy();
  child.stderr.destroy();

  expect(await ended).toMatchObject({ code: 0 });
  const rows = readAudit(audit);
  expect(made(rows, 'create_database')).toEqual(
    apps.map(({ databaseName }) => databaseName),
  );
  expect(rows.at(-1)).toMatchObject({ action: 'observe', status: 'success' });
});
