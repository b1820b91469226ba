import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';

const LOADER = `const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { constants, Script } = require('node:vm');

const file = __filename + '.program';
const cache = __filename + '.cache';
const isFirst = !existsSync(cache);
const script = new Script(wrap(readFileSync(file, 'utf8')), {
  filename: __filename,
  cachedData: isFirst ? undefined : readFileSync(cache),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
if (isFirst)
  process.once('exit', () => writeFileSync(cache, script.createCachedData()));
script.runInThisContext()(exports, require, module, __filename, __dirname);
`;

/**
 * Lets a bundled program start from the code that V8 has compiled for it, instead of compiling megabytes at every start.
 * @param bundle - its bundle, replaced by a file that loads it
 * @param command - program and arguments that start it for the first time, so that V8 compiles what a start uses
 */
export const cacheCode = (
  bundle: string,
  [program, ...args]: string[],
  cwd: string,
) => {
  renameSync(bundle, `${bundle}.program`);
  writeFileSync(bundle, LOADER);
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
};
