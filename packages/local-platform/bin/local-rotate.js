#!/usr/bin/env node
// Asks the running local platform's Secrets Manager to rotate a database's password, and waits for the end.
//   node packages/local-platform/bin/local-rotate.js <environment> <database>
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('@backstage/cli-node/config/nodeTransform.cjs');
require('../src/rotateLocally')
  .rotateLocally(require('node:path').resolve(__dirname, '../../..'), process)
  .then(code => {
    process.exitCode = code;
  });
