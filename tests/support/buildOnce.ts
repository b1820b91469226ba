import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { until } from './platform';

/**
 * A folder that the test files of one run share. The first who asks fills it, the others wait for that; where it fails,
 * the next one tries.
 */
export const buildOnce = async (
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string> => {
  const testRun = process.env.GOLDENPATH_TEST_RUN!;
  const built = join(testRun, name);
  const lock = join(testRun, `${name}.lock`);
  await until(async () => {
    if (existsSync(built)) return true;
    if (!takeLock(lock)) return false;
    try {
      // Aside: whoever looks sees all of it or nothing.
      const aside = mkdtempSync(join(testRun, `${name}-`));
      await build(aside);
      renameSync(aside, built);
    } finally {
      rmSync(lock, { recursive: true });
    }
    return true;
  }, `${name} to be built`);
  return built;
};

/** Making a folder is one step, which only one of many can do. */
const takeLock = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
