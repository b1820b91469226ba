import { readFileSync } from 'node:fs';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { Client } from 'pg';
import { startTemporaryPostgres } from '../../../../../tests/support/temporaryPostgres';
import { connectPostgres } from '../../adapters/postgres/connectPostgres';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { provision } from '../act/provision';
import { ProvisionOptions } from '../act/run';
import type { ProvisionEvent } from '../decide/events';
import type { SecretReading } from '../decide/secretValues';
import type { Connect, Session } from '../ports';

/** Starts a real server that logs every statement. */
export const startInstance = async (
  options: {
    version?: PostgresVersion;
    settings?: Record<string, string>;
    /** Where the superuser's own session is. Default: `postgres`. */
    superuserIn?: string;
  } = {},
) => {
  const postgres = await startTemporaryPostgres({
    version: options.version,
    settings: {
      log_statement: 'all',
      log_min_duration_statement: '0',
      log_error_verbosity: 'verbose',
      log_parameter_max_length_on_error: '-1',
      ...options.settings,
    },
  });
  const { ca, logFile } = postgres;
  const superuser = await postgres.connectAsSuperuser(options.superuserIn);
  return {
    ...postgres,
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
    },
  };
};

export type Instance = Awaited<ReturnType<typeof startInstance>>;

/** Starts an instance for the tests of the file or block that calls this; available while they run. */
export const provideInstance = (
  options?: Parameters<typeof startInstance>[0],
): (() => Instance) => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await startInstance(options);
  });
  afterAll(() => instance?.stop());
  return () => instance;
};

/** Connections whose queries a test watches or changes. */
export const interceptQueries =
  (
    connect: Connect,
    intercept: (session: Session) => Session['query'],
  ): Connect =>
  async target => {
    const session = await connect(target);
    /** Runs a message; a SELECT of the test's own gives its rows. */
    const runAll = async (sql: string) => {
      const results = await session.queryAll(sql);
      return /^SELECT/.test(sql) && results.length === 1 ? results[0] : results;
    };
    const queryAll = intercept({
      ...session,
      query: runAll as Session['query'],
    });
    return {
      ...session,
      query: intercept(session),
      queryAll: sql => queryAll<unknown[]>(sql),
    };
  };

/** Whether a CREATE DATABASE is under way, or waits for a lock. */
export const isCreatingDatabase = async (
  instance: Instance,
): Promise<boolean> => {
  const found = await instance.sql(
    `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND state = 'active'`,
  );
  return found.length > 0;
};

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
  instance: Pick<Instance, 'host' | 'port' | 'ca'>,
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
    /** A session of the master, beside a run. */
    openSession: (applicationName: string) =>
      connections({
        host,
        port,
        database: 'postgres',
        ...master,
        applicationName,
        settings: 'read-write',
      }),
  };
};
