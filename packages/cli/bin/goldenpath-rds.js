#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const folder = join(__dirname, '..');

// Node 20 is on its way out, and the AWS SDK says so in seven lines at every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// The HCL parsers are WebAssembly, run for less time than V8 takes to optimize all that it would by its own measure.
setFlagsFromString('--wasm-tiering-budget=300000000');

const load = () => {
  // In the workspace the sources run as they are; a published package has only its build.
  if (existsSync(join(folder, 'src/index.ts'))) {
    require('@backstage/cli-node/config/nodeTransform.cjs');
    return require('../src');
  }
  return require('../dist/index.cjs.js');
};

const fail = text => {
  process.stderr.write(`goldenpath-rds: ${text}\n`);
  process.exitCode = 1;
};

/** Calls back when everything is written, or nobody reads it any more. */
const whenWritten = (stream, then) =>
  stream.writableEnded || stream.destroyed
    ? then()
    : stream.write('', () => then());

const [major, minor] = process.versions.node.split('.').map(Number);
const isInstalled =
  existsSync(join(folder, 'src/index.ts')) ||
  existsSync(join(folder, 'dist/index.cjs.js'));

if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Node ${process.versions.node} is too old; install Node 20.19 or newer.`,
  );
} else if (!isInstalled) {
  fail(
    'neither sources nor a build are here; run npm run build --workspace @goldenpath/cli, or install the package again.',
  );
} else {
  load()
    .main()
    .then(code => {
      process.exitCode = code;
      // WebAssembly that still compiles behind its use, and the timers of Go's runtime, would hold the process for a second.
      whenWritten(process.stdout, () =>
        whenWritten(process.stderr, () => process.exit()),
      );
    });
}
