import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** Creates an empty folder that is removed at the end of the test run. */
export const createFolder = (): string =>
  mkdtempSync(join(process.env.GOLDENPATH_TEST_RUN!, 'folder-'));
