import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's globalSetup: a folder for what the test files of one run share, in a variable that all workers inherit. */
const startTestRun = () => {
  process.env.GOLDENPATH_TEST_RUN = mkdtempSync(
    join(tmpdir(), 'golden-path-test-run-'),
  );
};
export default startTestRun;
