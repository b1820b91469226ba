#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const folder = join(__dirname, '..');

// The AWS SDK warns in seven lines at every run that it will drop Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// As in Node 21 and newer: without it pg loads Node's fetch, for 20 ms, to find out that this is no Cloudflare worker.
globalThis.navigator ??= {
  userAgent: `Node.js/${process.versions.node.split('.')[0]}`,
};

// The HCL parsers are WebAssembly and run too briefly for V8's optimizing compiler to pay off.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');

const load = () => {
  // The workspace runs the sources; a published package contains only the build.
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

/** Calls back when the stream is flushed or closed. */
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
    'found neither sources nor a build; run npm run build --workspace @goldenpath/cli, or install the package again.',
  );
} else {
  load()
    .main()
    .then(code => {
      process.exitCode = code;
      // Background compilation of WebAssembly and timers of Go's runtime would keep the process alive for a second.
      whenWritten(process.stdout, () =>
        whenWritten(process.stderr, () => process.exit()),
      );
    });
}
