import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Postgres,
  PostgresVersion,
  startPostgres,
} from '@goldenpath/local-postgres';
import { buildOnce } from './buildOnce';
import { NEWEST_VERSION } from './matrix';
import { freePorts } from './platform';

export interface TemporaryPostgres extends Postgres {
  /** PEM of the CA that signed the server's certificate. */
  ca: string;
  logFile: string;
  /** Where `data`, its passwords and its log are. */
  folder: string;
  /** Stops the server, and keeps its data. */
  end(): Promise<void>;
}

/** Durability is off: no test survives a crash of the machine. */
const WITHOUT_DURABILITY = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
};

/**
 * A PostgreSQL like an RDS instance for one test; stop() deletes its data. Its cluster is a copy of one that is created
 * once per run: copying takes a tenth of the time.
 */
export const startTemporaryPostgres = async ({
  version = NEWEST_VERSION,
  settings,
}: {
  version?: PostgresVersion;
  settings?: Record<string, string>;
} = {}): Promise<TemporaryPostgres> => {
  const cluster = await buildOnce(`postgres-${version}`, async made => {
    await (await startIn(made, version)).stop();
  });
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-postgres-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    // The user of the server must own the data.
    execFileSync('cp', ['-a', `${cluster}/.`, folder]);
    rmSync(join(folder, 'log'));
    const postgres = await startIn(folder, version, settings);
    return {
      ...postgres,
      folder,
      end: postgres.stop,
      ca: readFileSync(postgres.caFile, 'utf8'),
      logFile: join(folder, 'log'),
      stop: async () => {
        await postgres.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};

/** Starts the cluster in a folder, or an empty one. Default: on a free port. */
export const startIn = async (
  folder: string,
  version: PostgresVersion,
  settings?: Record<string, string>,
  onPort?: number,
): Promise<Postgres> => {
  // As root, PostgreSQL runs as another user, who must be able to read the folder.
  chmodSync(folder, 0o755);
  const port = onPort ?? (await freePorts(1))[0];
  return startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'log'),
    port,
    version,
    // As on the local platform.
    masterUsername: 'goldenpath_master',
    databases: ['backstage'],
    settings: { ...WITHOUT_DURABILITY, ...settings },
  });
};
