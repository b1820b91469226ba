import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's globalSetup: a folder for what the test files of one run share, in a variable that all workers inherit. */
const startTestRun = () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-test-run-'));
  // A PostgreSQL whose data is in it may run as another user.
  chmodSync(folder, 0o755);
  process.env.GOLDENPATH_TEST_RUN = folder;
};
export default startTestRun;
