import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { startSecretsManager } from '@goldenpath/local-secrets-manager';
import { query } from './postgres';
import { awsVariables, createSecret, createSecretsClient } from './secrets';
import { startTemporaryPostgres } from './temporaryPostgres';

/** A real PostgreSQL, and a Secrets Manager with its master's secret for these environments. */
export const startSharedInstance = async (
  environments: string[],
  /** The clock of Secrets Manager. */
  now?: () => number,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-instance-'));
  const postgres = await startTemporaryPostgres();
  const secretsManager = await startSecretsManager({
    port: 0,
    stateFile: join(folder, 'secrets.json'),
    now,
  });
  const secrets = createSecretsClient(secretsManager.url);
  const { host, port, master, caFile } = postgres;

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
    await createSecret(secrets, masterSecretName(environment), {
      host,
      port,
      ...master,
    });

  return {
    /** A folder for other files of a test; deleted with the instance. */
    folder,
    postgres,
    secrets,
    createSecret: (name: string, value: object) =>
      createSecret(secrets, name, value),
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
