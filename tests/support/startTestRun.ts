import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's globalSetup: creates a folder that the test files of one run share, and passes it to all workers in a variable. */
const startTestRun = () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-test-run-'));
  // PostgreSQL may run as another user and must reach its data in this folder.
  chmodSync(folder, 0o755);
  process.env.GOLDENPATH_TEST_RUN = folder;
};
export default startTestRun;
