import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a server that is still shutting down on this data directory, as after a start that was killed, and removes
 * the lock file of one that is gone: its process number may be somebody else's by now, which PostgreSQL would take for
 * a running server.
 * @throws Error with the process when it runs on
 */
export const waitForPredecessor = async (
  dataDir: string,
  { waitMs = 10_000 } = {},
): Promise<void> => {
  const lockFile = join(dataDir, 'postmaster.pid');
  const deadline = Date.now() + waitMs;
  while (existsSync(lockFile)) {
    const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
    if (!commandOf(pid).includes(dataDir)) {
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

/** The command line of a process; empty where there is none. */
const commandOf = (pid: number): string => {
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
