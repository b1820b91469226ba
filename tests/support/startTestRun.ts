import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { roomiestFolder } from './roomiestFolder';

const PREFIX = 'golden-path-test-run-';

/**
 * Jest's globalSetup: creates a folder that the test files of one run share, and passes it to all workers in a variable.
 * It also holds their temporary files, so nothing of a test remains, and a file in memory costs a fifth less.
 */
const startTestRun = () => {
  const at = roomiestFolder();
  removeKilledRuns(at);
  const folder = mkdtempSync(join(at, `${PREFIX}${process.pid}-`));
  // PostgreSQL may run as another user and must reach its data in this folder.
  chmodSync(folder, 0o755);
  process.env.GOLDENPATH_TEST_RUN = folder;
  process.env.TMPDIR = folder;
};
export default startTestRun;

/** A run that was killed has left its folder, which may take memory. */
const removeKilledRuns = (at: string) => {
  for (const name of readdirSync(at)) {
    const pid =
      name.startsWith(PREFIX) && parseInt(name.slice(PREFIX.length), 10);
    if (pid && !isRunning(pid))
      rmSync(join(at, name), { recursive: true, force: true });
  }
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
