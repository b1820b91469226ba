import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
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

const CANARY = 'cAnArY-of-the-first';
const DAY_MS = 86_400_000;

let bin: string;
let root: string;
let postgres: TemporaryPostgres;
let secretsManager: LocalSecretsManager;
let client: SecretsManagerClient;
/** What Secrets Manager takes for the time: secrets that are written now are of that age. */
let ageMs = 0;

beforeAll(async () => {
  bin = await builtCli();
  root = createFolder();
  postgres = await startTemporaryPostgres();
  secretsManager = await startSecretsManager({
    port: 0,
    stateFile: join(root, 'secrets.json'),
    now: () => Date.now() - ageMs,
  });
  client = createSecretsClient(secretsManager.url);
  const { host, port, master } = postgres;
  await createSecret(client, 'goldenpath/dev/rds/master', {
    host,
    port,
    ...master,
  });
});
afterAll(async () => {
  await secretsManager?.stop();
  await postgres?.stop();
});

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
/** Databases with the days since their password was set, and their risk. */
const declare = async (
  databases: Record<string, { days: number; risk: 'medium' | 'high' }>,
) => {
  const names = Object.keys(databases);
  write(
    'envs/dev-rds/terraform.tfvars',
    `application_databases = {\n${names
      .map(
        name =>
          `  ${name} = { database_name = "${name}", username = "${name}_user" }\n`,
      )
      .join('')}}\n`,
  );
  write(
    CATALOG_PATH,
    renderCatalog(
      names.map(name => declareDatabase(name, { risk: databases[name].risk })),
    ),
  );
  for (const name of names) {
    ageMs = databases[name].days * DAY_MS;
    await createSecret(client, secretName('dev', name), {
      host: postgres.host,
      port: postgres.port,
      dbname: name,
      username: `${name}_user`,
      password: CANARY,
    });
  }
  ageMs = 0;
};
const start = (command: string, ...more: string[]) =>
  startProgram(
    process.execPath,
    [bin, command, '--env', 'dev', '--root', root, ...more],
    {
      cwd: root,
      env: { HOME: root, ...awsVariables(secretsManager.url) },
    },
  ).ended;
const rotate = (...more: string[]) =>
  start('rotate', '--ca-file', postgres.caFile, ...more);
const provision = (...more: string[]) =>
  start('provision', '--ca-file', postgres.caFile, ...more);
const loginOf = async (name: string): Promise<string> =>
  JSON.parse(
    (
      await client.send(
        new GetSecretValueCommand({ SecretId: secretName('dev', name) }),
      )
    ).SecretString!,
  ).username;

describe('goldenpath-rds rotate', () => {
  beforeAll(async () => {
    await declare({
      young: { days: 1, risk: 'medium' },
      fortnight: { days: 15, risk: 'high' },
      patient: { days: 15, risk: 'medium' },
      month: { days: 31, risk: 'medium' },
    });
    expect(await provision()).toMatchObject({ code: 0 });
  });

  it('--due --dry-run says what is due by its risk, and changes nothing', async () => {
    const { code, out } = await rotate('--due', '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^young: unchanged \(due on \d{4}-\d\d-\d\d\)$/m);
    expect(out).toMatch(
      /^fortnight: would be rotated, the login would become fortnight_user_clone /m,
    );
    expect(out).toMatch(/^patient: unchanged/m);
    expect(out).toMatch(/^month: would be rotated/m);
    expect(await loginOf('month')).toBe('month_user');
  });

  it('--due rotates those, and the next run none', async () => {
    const { code, out, err } = await rotate('--due');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Rotation of "dev": 4 databases: 2 rotated, 2 unchanged\.$/m,
    );
    expect(await loginOf('month')).toBe('month_user_clone');
    expect(await loginOf('fortnight')).toBe('fortnight_user_clone');
    expect(await loginOf('patient')).toBe('patient_user');
    expect(out + err).not.toContain(CANARY);
    const rows: Array<Record<string, string>> = parse(
      readFileSync(join(root, auditPath('dev')), 'utf8'),
      { columns: true },
    );
    for (const action of ['create_clone', 'rotate_password'])
      expect(rows).toContainEqual(
        expect.objectContaining({
          database: 'month',
          action,
          status: 'success',
        }),
      );
    expect((await rotate('--due')).out).toMatch(/4 unchanged/);
    expect(await provision('--check', '--strict')).toMatchObject({ code: 0 });
  });

  it('--database waits until pods have fetched, unless forced', async () => {
    const waits = await rotate('--database', 'month');
    expect(waits.code).toBe(0);
    expect(waits.out).toMatch(/^month: unchanged \(.*--force at once\)$/m);
    expect((await rotate('--database', 'month', '--force')).out).toMatch(
      /^month: rotated, the login is now month_user, due again on/m,
    );
    expect(await loginOf('month')).toBe('month_user');
    expect(await provision()).toMatchObject({ code: 0 });
  });

  it('prints events with --json', async () => {
    const { out } = await rotate('--database', 'patient', '--json');
    const types = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).type);
    expect(types).toEqual(
      expect.arrayContaining(['step', 'change', 'rotation', 'summary']),
    );
    expect(out).not.toContain(CANARY);
  });

  it('fails for a database that nobody declares', async () => {
    expect(await rotate('--database', 'nobodys')).toMatchObject({
      code: 64,
      err: expect.stringContaining('declares no database "nobodys"'),
    });
  });

  it.each([
    { args: [], words: 'use exactly one of them' },
    { args: ['--due', '--database', 'x'], words: 'use exactly one of them' },
    { args: ['--due', '--force'], words: '--force: use it with --database' },
  ])('is wrong use: rotate $args', async ({ args, words }) => {
    expect(await rotate(...args)).toMatchObject({
      code: 64,
      err: expect.stringContaining(words),
    });
  });
});
