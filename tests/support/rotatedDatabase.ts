import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { createRotationFunction } from '@goldenpath/local-platform';
import {
  RotationReport,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import {
  CATALOG_PATH,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { builtCli } from './builtCli';
import { createFolder } from './createFolder';
import { declareDatabase, renderCatalog } from './exampleDatabase';
import { awsVariables, createSecret, createSecretsClient } from './secrets';
import { startProgram } from './startProgram';
import { startTemporaryPostgres } from './temporaryPostgres';

export const ROTATION_LAMBDA =
  'arn:aws:lambda:eu-central-1:123456789012:function:goldenpath-rotate-dev';
const SECRET = secretName('dev', 'users_db');

/**
 * A provisioned database, users_db of users_app_user, and a Secrets Manager with a clock, which rotates its password by the
 * handler in the archive of `make cli`.
 */
export const startRotatedDatabase = async () => {
  const [postgres, cli] = await Promise.all([
    startTemporaryPostgres(),
    builtCli(),
  ]);
  const root = createFolder();
  // Behind the handler's clock, so that it waits for no pods however far a test turns this one.
  const clock = { now: Date.now() - 365 * 24 * 60 * 60 * 1000 };
  const log: string[] = [];
  const reports: RotationReport[] = [];
  const service = await startSecretsManager({
    port: 0,
    stateFile: join(root, 'secrets.json'),
    now: () => clock.now,
    rotationFunctions: { [ROTATION_LAMBDA]: event => rotation.invoke(event) },
    reportRotation: report => reports.push(report),
  });
  const client = createSecretsClient(service.url);
  const rotation = createRotationFunction({
    runner: resolve(
      __dirname,
      '../../packages/local-platform/bin-shims/lambda.js',
    ),
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
  const writeFile = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  writeFile(CATALOG_PATH, renderCatalog([declareDatabase('users_db')]));
  writeFile(
    'envs/dev-rds/terraform.tfvars',
    'environment = "dev"\napplication_databases = {\n  users_db = {\n    database_name = "users_db"\n    username      = "users_app_user"\n  }\n}\n',
  );
  const provision = (...more: string[]) =>
    startProgram(
      process.execPath,
      [
        ...[cli, 'provision', '--env', 'dev', '--root', root],
        ...['--ca-file', postgres.caFile, ...more],
      ],
      { cwd: root, env: { HOME: root, ...awsVariables(service.url) } },
    ).ended;

  return {
    postgres,
    service,
    client,
    clock,
    /** What the function printed. */
    log,
    reports,
    provision,
    /** Turns rotation on and rotates, or only tests the function. */
    rotate: async ({ isImmediate = true } = {}) => {
      await client.send(
        new RotateSecretCommand({
          SecretId: SECRET,
          RotationLambdaARN: ROTATION_LAMBDA,
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediately: isImmediate,
        }),
      );
      await service.settle();
    },
    write: (value: object) =>
      client.send(
        new PutSecretValueCommand({
          SecretId: SECRET,
          SecretString: JSON.stringify(value),
        }),
      ),
    read: async (
      stage = 'AWSCURRENT',
    ): Promise<{ username: string; password: string }> =>
      JSON.parse(
        (
          await client.send(
            new GetSecretValueCommand({
              SecretId: SECRET,
              VersionStage: stage,
            }),
          )
        ).SecretString!,
      ),
    stop: async () => {
      await rotation.stop();
      client.destroy();
      await service.stop();
      await postgres.stop();
    },
  };
};
