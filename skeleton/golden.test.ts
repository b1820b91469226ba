import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  appValues,
  filesUnder,
  renderSkeleton,
  skeletonValues,
} from '../tests/support/skeleton';

const form = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  description: 'Keeps the users',
};

/** Lists of hashes that nobody reads. */
const HASHED = /^requirements(-dev)?\.txt$/;

/** After a change on purpose: npx jest skeleton/golden.test.ts -u, and read the diff of the snapshot. */
describe.each([
  { name: 'stateless-app', values: appValues(form) },
  { name: 'stateful-app', values: appValues(form) },
  { name: 'backend-app-rds', values: skeletonValues(form) },
])('the rendered $name', ({ name, values }) => {
  it('has these files', async () => {
    const folder = await renderSkeleton(name, values);
    try {
      const files = filesUnder(folder);
      expect(files).toMatchSnapshot();
      for (const file of files) {
        const text = readFileSync(join(folder, file), 'utf8');
        expect(
          HASHED.test(file)
            ? createHash('sha256').update(text).digest('hex')
            : text,
        ).toMatchSnapshot(file);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
