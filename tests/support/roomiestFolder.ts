import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

/**
 * A folder in memory if there is a large one that may hold programs, else the system's temporary folder: for a hundred
 * databases, and for the workspaces of a hundred jobs.
 */
export const roomiestFolder = (): string => {
  if (!existsSync(MEMORY) || isNoExec()) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > 6 * 1024 ** 3 ? MEMORY : tmpdir();
};

const isNoExec = (): boolean =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .some(([, at, , options]) => at === MEMORY && options.includes('noexec'));
