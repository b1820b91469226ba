const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The AWS SDK warns in seven lines at every start that it will drop Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const load = () => {
  // The workspace runs the sources; the archive contains only the build.
  if (existsSync(join(__dirname, 'src/lambda.ts'))) {
    require('@backstage/cli-node/config/nodeTransform.cjs');
    return require('./src/lambda');
  }
  return require('./dist/lambda.cjs.js');
};

// Handler "lambda.handler" of a Lambda function with this file at the top of its package.
exports.handler = load().handler;
