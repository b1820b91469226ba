const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Runs a program of ours with Node. It writes what it used to the file `usage`, see recordUsage.js.
 *
 * @returns seconds of wall time, seconds of processor time, and the peak of its memory in MiB
 */
exports.runMeasured = (usage, args, env = {}) =>
  new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(
      process.execPath,
      ['--require', join(__dirname, 'recordUsage.js'), ...args],
      {
        env: { ...process.env, ...env, GOLDENPATH_USAGE_FILE: usage },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let err = '';
    child.stderr.on('data', data => {
      err += data;
    });
    child.once('error', reject);
    child.once('exit', code => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (code !== 0) {
        reject(new Error(`${args.join(' ')} ended with ${code}:\n${err}`));
        return;
      }
      const { peakKib, busySeconds } = JSON.parse(readFileSync(usage, 'utf8'));
      resolve({ seconds, busySeconds, mib: peakKib / 1024 });
    });
  });
