import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { itWhen } from '../tests/support/needs';
import { findPython } from '../tests/support/python';
import { appValues, renderSkeleton } from '../tests/support/skeleton';

// Debian's Flask and pytest stand in for the versions that the skeleton pins.
const python = findPython(['flask', 'pytest']);
const itWithPython = itWhen(python !== undefined, 'Python with Flask, pytest');

for (const name of ['stateless-app', 'stateful-app'])
  itWithPython(`${name} passes its own tests`, async () => {
    const folder = await renderSkeleton(
      name,
      appValues({
        component_id: 'price-calculator',
        owner: 'platform-team',
        environment: 'dev',
        description: '',
      }),
    );
    const { stdout, stderr } = spawnSync(
      python!,
      ['-B', '-m', 'pytest', '-p', 'no:cacheprovider', '-q'],
      { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } },
    );
    rmSync(folder, { recursive: true, force: true });
    expect(stdout + stderr).toMatch(/\n\d+ passed in /);
  });
