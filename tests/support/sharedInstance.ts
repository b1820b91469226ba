import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { query } from './postgres';
import { awsVariables } from './secrets';
import { startTemporaryPostgres } from './temporaryPostgres';

const REGION = 'eu-central-1';

/** A real PostgreSQL, and a Secrets Manager with its master's secret for these environments. */
export const startSharedInstance = async (environments: string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-instance-'));
  const postgres = await startTemporaryPostgres();
  const secretsManager = await startSecretsManager({
    port: 0,
    stateFile: join(folder, 'secrets.json'),
  });
  const secrets = new SecretsManagerClient({
    region: REGION,
    endpoint: secretsManager.url,
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  const { host, port, master, caFile } = postgres;

  const createSecret = (name: string, value: object) =>
    secrets.send(
      new CreateSecretCommand({
        Name: name,
        SecretString: JSON.stringify(value),
      }),
    );
  const credentials = async (
    environment: string,
    key: string,
  ): Promise<{ username: string; password: string }> =>
    JSON.parse(
      (
        await secrets.send(
          new GetSecretValueCommand({ SecretId: secretName(environment, key) }),
        )
      ).SecretString!,
    );
  for (const environment of environments)
    await createSecret(masterSecretName(environment), {
      host,
      port,
      ...master,
    });

  return {
    /** A folder for other files of a test; deleted with the instance. */
    folder,
    postgres,
    secrets,
    createSecret,
    credentials,
    /** Environment variables with which workflow steps reach both. */
    runnerEnv: awsVariables(secretsManager.url),
    /** Logs in as an app does. @returns the current database and user */
    logIn: async (environment: string, databaseName: string) => {
      const { username, password } = await credentials(
        environment,
        databaseName,
      );
      const [found] = await query<{ database: string; user: string }>(
        {
          host: 'localhost',
          port,
          user: username,
          password,
          database: databaseName,
          caFile,
        },
        'SELECT current_database() AS database, current_user AS user',
      );
      return found;
    },
    stop: async () => {
      secrets.destroy();
      await secretsManager.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export type SharedInstance = Awaited<ReturnType<typeof startSharedInstance>>;
