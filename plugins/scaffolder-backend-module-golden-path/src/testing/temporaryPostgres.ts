import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Postgres, startPostgres } from '@goldenpath/local-postgres';

/** A PostgreSQL like an RDS instance, gone with its data when it is stopped. */
export const startTemporaryPostgres = async (): Promise<
  Postgres & { ca: string }
> => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-postgres-'));
  // The server may run as another user than the tests.
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'log'),
    port: 0,
  });
  return {
    ...postgres,
    ca: readFileSync(postgres.caFile, 'utf8'),
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
