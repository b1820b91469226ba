#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '..');

// Node 20 is on its way out, and the AWS SDK says so in seven lines at every run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

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
    });
}
