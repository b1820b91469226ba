import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a server that is still shutting down in this data directory, as after a killed start. Removes the lock file
 * of a server that has ended: PostgreSQL would mistake another process with the same ID for a running server.
 * @throws Error with the process ID if the server keeps running
 */
export const waitForPredecessor = async (
  dataDir: string,
  { waitMs = 10_000 } = {},
): Promise<void> => {
  const lockFile = join(dataDir, 'postmaster.pid');
  const deadline = Date.now() + waitMs;
  while (existsSync(lockFile)) {
    const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
    if (!readCommand(pid).includes(dataDir)) {
      rmSync(lockFile, { force: true });
      return;
    }
    if (Date.now() > deadline)
      throw new Error(
        `A PostgreSQL (process ${pid}) already runs on ${dataDir}: stop it first.`,
      );
    await sleep(50);
  }
};

/** The command line of a process; empty if there is no such process. */
const readCommand = (pid: number): string => {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
  } catch {
    return '';
  }
};
