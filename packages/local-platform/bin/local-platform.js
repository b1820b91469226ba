#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: install Node 20.19 or newer (22 and 24 are what Backstage supports).\n`,
  );
  process.exit(1);
}

// The AWS SDK warns at every start that it will drop Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

require('@backstage/cli-node/config/nodeTransform.cjs');
require('../src/main').main(
  require('node:path').resolve(__dirname, '../../..'),
);
