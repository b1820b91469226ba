import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildOnce } from './buildOnce';
import { cacheCode } from './cacheCode';

const ROOT = resolve(__dirname, '../..');

/**
 * A folder with the compiled `terraform` of the local platform. It starts several times faster than the sources, and a
 * workflow run starts it several times.
 */
export const builtTerraform = (): Promise<string> =>
  buildOnce('terraform', async folder => {
    const dist = join(folder, 'dist');
    mkdirSync(dist);
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['packages/local-platform/src/terraform/main.ts'],
      outfile: join(dist, 'main.js'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      // The first reads files beside its own code; the others are imported but never used.
      external: ['web-tree-sitter', 'pg-native', 'performance'],
      logLevel: 'error',
    });
    // The path where the bundled library looks for it. Not compressed, because unpacking slows every start.
    const wasm = join(dirname(require.resolve('@cdktn/hcl2json')), '..');
    writeFileSync(
      join(folder, 'main.wasm.gz'),
      gzipSync(gunzipSync(readFileSync(join(wasm, 'main.wasm.gz'))), {
        level: 0,
      }),
    );
    const program = join(folder, 'terraform');
    writeFileSync(
      program,
      `#!/usr/bin/env node
process.env.NODE_PATH = ${JSON.stringify(join(ROOT, 'node_modules'))};
require('node:module').Module._initPaths();
require('node:v8').setFlagsFromString('--wasm-tiering-budget=300000000');
require('./dist/main.js').main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
`,
    );
    chmodSync(program, 0o755);
    cacheCode(
      join(dist, 'main.js'),
      [program, 'init'],
      join(ROOT, 'platform/envs/dev-rds'),
    );
  });
