import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { makeArchive } from '../../packages/cli/scripts/make-archive';

/**
 * The program of `make cli`'s archive, unpacked: it starts several times as fast as the sources do. The first test file
 * of a run that asks builds it, for all of them.
 */
export const builtCli = async (): Promise<string> => {
  const testRun = process.env.GOLDENPATH_TEST_RUN!;
  const folder = join(testRun, 'cli');
  if (!existsSync(folder)) {
    // Aside: another worker sees all of it or nothing.
    const aside = mkdtempSync(join(testRun, 'building-'));
    const archive = await makeArchive(aside);
    execFileSync('tar', ['-xzf', archive, '-C', aside, '--strip-components=1']);
    try {
      renameSync(aside, folder);
    } catch (error) {
      // Two began at once; the other's is as good.
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, 'bin/goldenpath-rds.js');
};
