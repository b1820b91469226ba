/**
 * Runs the checks that are named: types, lint, API reports, unit tests, end-to-end tests, and the tests that those leave out,
 * for all versions of PostgreSQL and both kinds of master. Prints the names of skipped tests and, last,
 * `N passed, N failed` (with `, N skipped` if any). In CI nothing may be skipped.
 *
 *   node scripts/run-tests.js [tsc] [lint] [api] [unit] [e2e] [matrix]
 */
const { spawn } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { availableParallelism, tmpdir } = require('node:os');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'golden-path-tests-'));
const total = { passed: 0, failed: 0, skipped: [] };

/** Runs a program of Node's; `isQuiet` keeps its output together, for what runs beside others. @returns whether it succeeded */
const run = async (title, args, { isQuiet = false, env = {} } = {}) => {
  const started = Date.now();
  if (!isQuiet) console.log(`\n== ${title}`);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: isQuiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => chunks.push(chunk));
  const code = await new Promise(done => {
    child.once('error', () => done(1));
    child.once('close', done);
  });
  if (isQuiet) process.stdout.write(`\n== ${title}\n${Buffer.concat(chunks)}`);
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(
    `== ${title}: ${code === 0 ? 'done' : 'failed'} after ${seconds} s`,
  );
  return code === 0;
};

const check = async (title, args) => {
  if (await run(title, args, { isQuiet: true })) total.passed += 1;
  else total.failed += 1;
};

/** A third of the time, test files wait: for backends that start, workflow runs, or a poll. */
const WORKERS = availableParallelism() + 3;

const jest = async (title, projects, env = {}) => {
  const file = join(reports, `${projects.join('-')}.json`);
  const isGreen = await run(
    title,
    [
      require.resolve('jest/bin/jest'),
      '--ci',
      '--json',
      `--outputFile=${file}`,
      `--maxWorkers=${WORKERS}`,
      '--selectProjects',
      ...projects,
    ],
    { env },
  );
  if (!existsSync(file)) {
    // Jest itself failed.
    total.failed += 1;
    return;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  for (const suite of report.testResults)
    for (const test of suite.assertionResults)
      if (test.status === 'pending' || test.status === 'todo')
        total.skipped.push(test.fullName);
  if (
    !isGreen &&
    report.numFailedTests + report.numRuntimeErrorTestSuites === 0
  )
    total.failed += 1;
};

const main = async names => {
  const isChosen = name => names.includes(name);
  await Promise.all([
    isChosen('tsc') &&
      check('types (tsc)', [
        require.resolve('typescript/bin/tsc'),
        '--noEmit',
        '--incremental',
        'false',
      ]),
    isChosen('lint') &&
      check('lint (eslint)', [
        join(dirname(require.resolve('eslint/package.json')), 'bin/eslint.js'),
        '--max-warnings',
        '0',
        '--ext',
        '.ts,.tsx,.js',
        '.',
      ]),
    isChosen('api') &&
      check('API reports (api-extractor)', [join(__dirname, 'api-reports.js')]),
  ]);
  const usual = ['unit', 'e2e'].filter(isChosen);
  if (usual.length > 0) await jest('tests (jest)', usual);
  if (isChosen('matrix'))
    await jest('all versions and masters (jest)', ['matrix'], {
      GOLDENPATH_TEST_MATRIX: isChosen('unit') ? 'rest' : 'full',
    });
  rmSync(reports, { recursive: true, force: true });

  const { passed, failed, skipped } = total;
  if (skipped.length > 0)
    console.log(
      `\nSkipped, because this machine lacks what they need:\n${skipped
        .map(name => `  - ${name}`)
        .join('\n')}`,
    );
  const isRefused = skipped.length > 0 && process.env.CI === 'true';
  if (isRefused) console.log('In CI nothing may be skipped.');
  console.log(
    `\n${passed} passed, ${failed} failed${
      skipped.length > 0 ? `, ${skipped.length} skipped` : ''
    }`,
  );
  process.exit(failed > 0 || isRefused ? 1 : 0);
};

void main(process.argv.slice(2));
