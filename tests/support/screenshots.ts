import { join, resolve } from 'node:path';

/** Folder for the screenshots; `make screenshots` copies some of them to the docs. */
export const SCREENSHOTS = resolve(
  process.env.GOLDENPATH_SCREENSHOTS ??
    join(__dirname, '../../test-results/screenshots'),
);
