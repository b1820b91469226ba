import { spawnSync } from 'node:child_process';

/** What the app of the skeleton imports, and the server that runs it. */
const APP_MODULES = ['flask', 'psycopg2', 'gunicorn'];

/**
 * A Python 3 that can import the modules: PYTHON, the first python3 on PATH, or Debian's, which is where apt puts its
 * packages. Undefined where no Python has them all.
 */
export const findPython = (
  modules: readonly string[] = APP_MODULES,
): string | undefined =>
  [process.env.PYTHON, 'python3', '/usr/bin/python3'].find(
    python =>
      python &&
      spawnSync(python, [
        '-c',
        ['import sys', ...modules.map(name => `import ${name}`)].join('\n'),
      ]).status === 0,
  );
