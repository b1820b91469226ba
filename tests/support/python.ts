import { spawnSync } from 'node:child_process';

/** Modules that the skeleton's app imports, its server, and what runs its tests. */
const APP_MODULES = ['flask', 'psycopg2', 'gunicorn', 'pytest'];

/**
 * A Python 3 that can import the modules: PYTHON, the first python3 on PATH, or Debian's, which finds the packages of apt.
 * Undefined if no Python has all of them.
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
