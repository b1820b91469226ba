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
 * A folder that the test files of one run share. The first caller fills it and the others wait; if it fails, the next
 * caller tries.
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
      // Built in another folder and renamed, so others see all of it or nothing.
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

/** Creating a folder is atomic: only one of several callers succeeds. */
const takeLock = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};
