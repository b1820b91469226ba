import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  LocalSecretsManager,
  RotationReport,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import {
  CATALOG_PATH,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { builtCli } from '../../../tests/support/builtCli';
import { createFolder } from '../../../tests/support/createFolder';
import {
  declareDatabase,
  renderCatalog,
} from '../../../tests/support/exampleDatabase';
import { query } from '../../../tests/support/postgres';
import {
  awsVariables,
  createSecret,
  createSecretsClient,
} from '../../../tests/support/secrets';
import { startProgram } from '../../../tests/support/startProgram';
import {
  startTemporaryPostgres,
  TemporaryPostgres,
} from '../../../tests/support/temporaryPostgres';
import { createRotationFunction } from './rotationFunction';

const LAMBDA =
  'arn:aws:lambda:eu-central-1:123456789012:function:goldenpath-rotate-dev';
const SECRET = secretName('dev', 'users_db');
const DAY_MS = 24 * 60 * 60 * 1000;

interface Credentials {
  username: string;
  password: string;
}

/** The handler in the archive of `make cli`, called by Secrets Manager. */
describe('rotation by the Lambda handler', () => {
  let postgres: TemporaryPostgres;
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;
  let rotation: ReturnType<typeof createRotationFunction>;
  let cli: string;
  let root: string;
  let now: number;
  let log: string[];
  let reports: RotationReport[];

  beforeAll(async () => {
    [postgres, cli] = await Promise.all([startTemporaryPostgres(), builtCli()]);
    root = createFolder();
    now = Date.now();
    log = [];
    reports = [];
    service = await startSecretsManager({
      port: 0,
      stateFile: join(root, 'secrets.json'),
      now: () => now,
      rotationFunctions: { [LAMBDA]: event => rotation.invoke(event) },
      reportRotation: report => reports.push(report),
    });
    client = createSecretsClient(service.url);
    rotation = createRotationFunction({
      runner: resolve(__dirname, '../bin-shims/lambda.js'),
      file: join(dirname(cli), '../lambda.js'),
      env: {
        ...awsVariables(service.url),
        GOLDENPATH_ENVIRONMENT: 'dev',
        GOLDENPATH_CA_FILE: postgres.caFile,
      },
      log: line => log.push(line),
    });
    const { host, port, master } = postgres;
    await createSecret(client, masterSecretName('dev'), {
      host,
      port,
      ...master,
    });
    await createSecret(client, SECRET, {
      host,
      port,
      dbname: 'users_db',
      username: 'users_app_user',
      password: 'first-password',
    });
    write(CATALOG_PATH, renderCatalog([declareDatabase('users_db')]));
    write(
      'envs/dev-rds/terraform.tfvars',
      'environment = "dev"\napplication_databases = {\n  users_db = {\n    database_name = "users_db"\n    username      = "users_app_user"\n  }\n}\n',
    );
    expect(await provision()).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await rotation?.stop();
    client?.destroy();
    await service?.stop();
    await postgres?.stop();
  });

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const provision = (...more: string[]) =>
    startProgram(
      process.execPath,
      [
        ...[cli, 'provision', '--env', 'dev', '--root', root],
        ...['--ca-file', postgres.caFile, ...more],
      ],
      { cwd: root, env: { HOME: root, ...awsVariables(service.url) } },
    ).ended;
  const read = async (stage = 'AWSCURRENT'): Promise<Credentials> =>
    JSON.parse(
      (
        await client.send(
          new GetSecretValueCommand({ SecretId: SECRET, VersionStage: stage }),
        )
      ).SecretString!,
    );
  const whoIs = async ({ username, password }: Credentials) => {
    const [row] = await query<{ login: string; acts: string }>(
      {
        host: postgres.host,
        port: postgres.port,
        database: 'users_db',
        user: username,
        password,
        caFile: postgres.caFile,
      },
      'SELECT session_user AS login, current_user AS acts',
    );
    return row;
  };
  const OWNER = { login: 'users_app_user', acts: 'users_app_user' };
  const CLONE = { login: 'users_app_user_clone', acts: 'users_app_user' };

  it('alternates the logins, and what pods still hold stays valid', async () => {
    const seen = [await read()];
    await client.send(
      new RotateSecretCommand({
        SecretId: SECRET,
        RotationLambdaARN: LAMBDA,
        RotationRules: { AutomaticallyAfterDays: 30 },
      }),
    );
    await service.settle();
    for (const expected of [CLONE, OWNER, CLONE]) {
      expect(reports.at(-1)).not.toHaveProperty('failure');
      const [current, previous] = [await read(), await read('AWSPREVIOUS')];
      expect(await whoIs(current)).toEqual(expected);
      expect(previous).toEqual(seen.at(-1));
      expect(await whoIs(previous)).toEqual(expected === CLONE ? OWNER : CLONE);
      seen.push(current);
      now += 31 * DAY_MS;
      await service.rotateDue();
    }
    expect(reports).toHaveLength(4);
    expect(new Set(seen.map(({ password }) => password)).size).toBe(4);
    const printed = log.join('\n');
    expect(printed).toContain('"step":"finishSecret"');
    expect(printed).toContain('"action":"rotate_password"');
    for (const { password } of [...seen, await read()])
      expect(printed).not.toContain(password);
  });

  it('leaves nothing that a check or the provisioner would change', async () => {
    expect(await provision('--check')).toMatchObject({ code: 0 });
    const current = await read();
    expect(await provision()).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing to do.'),
    });
    expect(await read()).toEqual(current);
  });

  it('fails by the words of the handler for a secret that it does not rotate, and keeps its value', async () => {
    const other = secretName('prod', 'users_db');
    await createSecret(client, other, await read());
    await client.send(
      new RotateSecretCommand({ SecretId: other, RotationLambdaARN: LAMBDA }),
    );
    await service.settle();
    expect(reports.at(-1)).toMatchObject({
      secret: other,
      failure: {
        step: 'createSecret',
        error: {
          message: expect.stringContaining(
            'this function rotates goldenpath/dev/<database>/postgres',
          ),
        },
      },
    });
    const { VersionIdsToStages } = await client.send(
      new DescribeSecretCommand({ SecretId: other }),
    );
    expect(Object.values(VersionIdsToStages!).flat().sort()).toEqual([
      'AWSCURRENT',
      'AWSPENDING',
    ]);
  });
});
