import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Postgres, startPostgres } from '@goldenpath/local-postgres';

const MASTER = 'goldenpath_master';

export interface Instances {
  /** By environment. The first one has Backstage's database, too. */
  byEnvironment: Readonly<Record<string, Postgres>>;
  /** PEM with the CAs of all of them. */
  caFile: string;
  stop(): Promise<void>;
}

/**
 * Starts one PostgreSQL for each environment, as each has an instance of its own on RDS: the same database may be requested
 * in every environment. The first one listens on `port`, each of the others one above.
 */
export const startInstances = async (options: {
  environments: readonly string[];
  stateDir: string;
  port: number;
  /** Databases to create on the first one. */
  databases: string[];
  log: (line: string) => void;
}): Promise<Instances> => {
  const { environments, stateDir, port, log } = options;
  const started: Postgres[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map(one => one.stop()));
  };
  const start = async (environment: string, at: number) => {
    const name = at === 0 ? 'postgres' : `postgres-${environment}`;
    const postgres = await startPostgres({
      dataDir: join(stateDir, name),
      port: port + at,
      logFile: join(stateDir, `${name}.log`),
      log,
      masterUsername: MASTER,
      databases: at === 0 ? options.databases : [],
      // Logs every statement of the provisioner: none may hold a password.
      settings: { log_statement: 'all' },
    });
    started.push(postgres);
    return [environment, postgres] as const;
  };
  const outcomes = await Promise.allSettled(environments.map(start));
  const failed = outcomes.find(one => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const entries = outcomes.flatMap(one =>
    one.status === 'fulfilled' ? [one.value] : [],
  );
  const caFile = join(stateDir, 'postgres-cas.pem');
  writeFileSync(
    caFile,
    entries
      .map(([, one]) => `${readFileSync(one.caFile, 'utf8').trimEnd()}\n`)
      .join(''),
  );
  return { byEnvironment: Object.fromEntries(entries), caFile, stop };
};
