/**
 * Runs everything that must hold: types, lint, API reports, the fast tests, the end-to-end tests. Prints what was skipped by
 * name and, last, `N passed, N failed` (with `, N skipped` if any). In CI nothing may be skipped.
 */
const { spawnSync } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');

const root = join(__dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'golden-path-tests-'));
const total = { passed: 0, failed: 0, skipped: [] };

const run = (title, args) => {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
  });
  console.log(
    `== ${title}: ${status === 0 ? 'done' : 'failed'} after ${Math.round(
      (Date.now() - started) / 1000,
    )} s`,
  );
  return status === 0;
};

const check = (title, args) => {
  if (run(title, args)) total.passed += 1;
  else total.failed += 1;
};

const jest = (title, project) => {
  const file = join(reports, `${project}.json`);
  const isGreen = run(title, [
    require.resolve('jest/bin/jest'),
    '--ci',
    `--selectProjects=${project}`,
    '--json',
    `--outputFile=${file}`,
    // One platform at a time is enough for two cores; the fast tests share them all.
    ...(project === 'e2e' ? ['--runInBand'] : ['--maxWorkers=100%']),
  ]);
  if (!existsSync(file)) {
    // Jest itself fell over.
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

const names = process.argv.slice(2);
const wanted = name => names.length === 0 || names.includes(name);
if (wanted('tsc'))
  check('types (tsc)', [
    require.resolve('typescript/bin/tsc'),
    '--noEmit',
    '--incremental',
    'false',
  ]);
if (wanted('lint'))
  check('lint (eslint)', [
    join(dirname(require.resolve('eslint/package.json')), 'bin/eslint.js'),
    '--max-warnings',
    '0',
    '--ext',
    '.ts,.tsx,.js',
    '.',
  ]);
if (wanted('api'))
  check('API reports (api-extractor)', [join(__dirname, 'api-reports.js')]);
if (wanted('unit')) jest('fast tests (jest)', 'unit');
if (wanted('e2e')) jest('end to end (jest)', 'e2e');
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
