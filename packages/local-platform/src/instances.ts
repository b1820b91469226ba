import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Postgres, startPostgres } from '@goldenpath/local-postgres';
import { UsageError } from './ports';

const MASTER = 'goldenpath_master';

export interface Instances {
  /** By environment. The first one has Backstage's database, too. */
  byEnvironment: Readonly<Record<string, Postgres>>;
  /** PEM with the CAs of all of them. */
  caFile: string;
  stop(): Promise<void>;
}

const CAS = 'postgres-cas.pem';
const folderOf = (environment: string, at: number) =>
  at === 0 ? 'postgres' : `postgres-${environment}`;

/** @throws UsageError for state of an earlier version, whose databases of all environments are on the first instance */
export const assertOnePerEnvironment = (
  stateDir: string,
  environments: readonly string[],
): void => {
  const has = (name: string) => existsSync(join(stateDir, name));
  const [first, ...others] = environments.map(folderOf);
  if (has(first) && others.length > 0 && ![...others, CAS].some(has))
    throw new UsageError(
      `${stateDir} is from a version in which all environments had one PostgreSQL, and can't be used any more. Delete the folder, or set GOLDENPATH_STATE_DIR to another one, and start again.`,
    );
};

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
    const name = folderOf(environment, at);
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
  const caFile = join(stateDir, CAS);
  writeFileSync(
    caFile,
    entries
      .map(([, one]) => `${readFileSync(one.caFile, 'utf8').trimEnd()}\n`)
      .join(''),
  );
  return { byEnvironment: Object.fromEntries(entries), caFile, stop };
};
