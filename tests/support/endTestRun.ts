import { rmSync } from 'node:fs';

/** Jest's globalTeardown, to testRun's globalSetup. */
const endTestRun = () =>
  rmSync(process.env.GOLDENPATH_TEST_RUN!, { recursive: true, force: true });
export default endTestRun;
