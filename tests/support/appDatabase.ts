import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@goldenpath/local-postgres';
import type { Postgres } from '@goldenpath/local-postgres';
import type { Form } from './skeleton';

/** What an app of the skeleton is rendered with where the names don't matter. */
export const APP_FORM: Form = {
  component_id: 'parcel-tracker',
  databaseName: 'parcels_db',
  username: 'parcels_app',
  owner: 'checkout-team',
  environment: 'dev',
  description: '',
};
const PASSWORD = `a'b"c\\d e%f{{g}}$h=i;jü`;

export interface AppDatabase {
  postgres: Postgres;
  /** As the operator maps the secret, and the CA of this PostgreSQL. */
  credentials: Record<string, string>;
  /** Runs statements as superuser. @returns the rows of the last one */
  query(sql: string, database?: string): Promise<Array<Record<string, string>>>;
  /** Stops the server. @returns what starts it again on its port */
  interrupt(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** A PostgreSQL with the database of APP_FORM, as the provisioner leaves it behind. */
export const startAppDatabase = async (): Promise<AppDatabase> => {
  const state = mkdtempSync(join(tmpdir(), 'golden-path-app-'));
  // As root, PostgreSQL runs as another user, who must be able to read the folder.
  chmodSync(state, 0o755);
  const place = {
    dataDir: join(state, 'postgres'),
    logFile: join(state, 'postgres.log'),
  };
  const { databaseName, username } = APP_FORM;
  const started: AppDatabase = {
    postgres: await startPostgres({ ...place, port: 0 }),
    credentials: {},
    query: async (sql, database) => {
      const client = await started.postgres.connectAsSuperuser(database);
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    interrupt: async () => {
      const { port } = started.postgres;
      await started.postgres.stop();
      return async () => {
        started.postgres = await startPostgres({ ...place, port });
      };
    },
    stop: async () => {
      await started.postgres.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
  started.credentials = {
    DB_HOST: 'localhost',
    DB_PORT: String(started.postgres.port),
    DB_NAME: databaseName,
    DB_USER: username,
    DB_PASS: PASSWORD,
    DB_SSLROOTCERT: started.postgres.caFile,
  };
  await started.query(
    `CREATE ROLE ${username} LOGIN PASSWORD ${quote(PASSWORD)}`,
  );
  await started.query(
    `CREATE DATABASE ${databaseName} OWNER ${username} TEMPLATE template0`,
  );
  return started;
};

const quote = (text: string) =>
  `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
