import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresVersion, startPostgres } from '@goldenpath/local-postgres';
import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { Client } from 'pg';
import { connectPostgres } from '../../adapters/postgres/connectPostgres';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { provision } from '../act/provision';
import { ProvisionOptions } from '../act/run';
import type { ProvisionEvent } from '../decide/events';
import type { SecretReading } from '../decide/secretValues';
import type { Connect } from '../ports';

/** Starts a real server that logs every statement. */
export const startInstance = async (
  options: { version?: PostgresVersion } = {},
) => {
  const folder = mkdtempSync(join(roomiestFolder(), 'golden-path-provision-'));
  chmodSync(folder, 0o755);
  const logFile = join(folder, 'postgres.log');
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    port: 0,
    version: options.version,
    logFile,
    settings: {
      fsync: 'off',
      log_statement: 'all',
      log_min_duration_statement: '0',
      log_error_verbosity: 'verbose',
      log_parameter_max_length_on_error: '-1',
    },
  });
  const ca = readFileSync(postgres.caFile, 'utf8');
  const superuser = await postgres.connectAsSuperuser();
  return {
    ...postgres,
    ca,
    logFile,
    log: () => readFileSync(logFile, 'utf8'),
    /** Rows of a query by the superuser. */
    sql: async (text: string, values?: unknown[]) =>
      (await superuser.query(text, values)).rows,
    /** Logs in, runs a query and leaves. */
    as: async (
      login: { username: string; password: string },
      database: string,
      text: string,
    ) => {
      const client = new Client({
        host: 'localhost',
        port: postgres.port,
        user: login.username,
        password: login.password,
        database,
        ssl: { ca },
      });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      await superuser.end();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A folder in memory when there is a large one: the tests create a hundred databases. Else the system's own. */
const roomiestFolder = (): string => {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 6 * 1024 ** 3 ? memory : tmpdir();
};

export type Instance = Awaited<ReturnType<typeof startInstance>>;

export const entry = (
  databaseName: string,
  more: Partial<TfvarsEntry> = {},
): TfvarsEntry => ({
  key: databaseName,
  databaseName,
  username: `${databaseName}_user`,
  createdb: false,
  connectionLimit: -1,
  line: 1,
  ...more,
});

/** One environment on an instance: its secrets, its audit, and runs of the provisioner in it. */
export const environmentOn = (
  instance: Instance,
  master: { username: string; password: string },
) => {
  const { host, port, ca } = instance;
  const secrets = new Map<string, { text: string; versionId: string }>();
  const rows: AuditRow[] = [];
  const connections: Connect = connectPostgres({ ca });
  const put = (path: string, value: object, versionId = 'v1') =>
    secrets.set(path, { text: JSON.stringify(value), versionId });
  put('goldenpath/dev/rds/master', { host, port, ...master });

  return {
    rows,
    secrets,
    put,
    /** Creates the secret of an entry. */
    putFor: (
      { key, databaseName, username }: TfvarsEntry,
      password: string,
      versionId = 'v1',
    ) =>
      put(
        `goldenpath/dev/${key}/postgres`,
        { host, port, dbname: databaseName, username, password },
        versionId,
      ),
    run: async (
      entries: TfvarsEntry[],
      options: ProvisionOptions = {},
      connect: Connect = connections,
      more: {
        onEvent?(event: ProvisionEvent): void;
        prepareAudit?(): Promise<void>;
      } = {},
    ) => {
      const events: ProvisionEvent[] = [];
      const from = rows.length;
      const result = await provision(
        {
          environment: 'dev',
          entries,
          options: { runId: 'run-1', ...options },
        },
        {
          secrets: {
            read: async paths =>
              paths.map((path): SecretReading => {
                const secret = secrets.get(path);
                return secret
                  ? { path, ...secret }
                  : { path, problem: 'missing' };
              }),
          },
          connect,
          audit: {
            prepare: async () => more.prepareAudit?.(),
            read: async () => rows,
            append: async added => {
              rows.push(...added);
            },
          },
          report: event => {
            events.push(event);
            more.onEvent?.(event);
          },
          now: () => new Date(),
        },
      );
      return { ...result, events, rows: rows.slice(from) };
    },
    connections,
  };
};
