const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** The goldenpath-rds.js that is measured: what GOLDENPATH_RDS names, else the one of `make cli`, else the workspace's. */
exports.commandLine = () =>
  process.env.GOLDENPATH_RDS ??
  [
    join(__dirname, '../dist-cli/package/bin/goldenpath-rds.js'),
    join(__dirname, '../packages/cli/bin/goldenpath-rds.js'),
  ].find(path => existsSync(path));
