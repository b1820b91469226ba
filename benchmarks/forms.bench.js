/**
 * How many forms at once come through a minute, as a ratio to formsFloor: the same writes to the same GitHub, as fast as its
 * rate limits let a client that does nothing else.
 *
 *   node benchmarks/forms.bench.js [forms] [seconds of a workflow run]
 *
 * Backstage is a process of its own with PostgreSQL. The local GitHub has the secondary rate limits of github.com; its
 * workflow runs only take time, so that they don't take the processors of this machine.
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const fs = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const scratch = fs.mkdtempSync(join(tmpdir(), 'golden-path-forms-'));
// PostgreSQL may run as another user and must reach its data in this folder.
fs.chmodSync(scratch, 0o755);
// Where the support files of the tests create their folders.
process.env.GOLDENPATH_TEST_RUN = scratch;
const { startPostgres } = require('@goldenpath/local-postgres');
const {
  BACKSTAGE_TOKEN,
  formOf,
  startLoad,
} = require('../tests/support/load/startLoad.ts');
const { FLOOR_TOKEN, sendFloor } = require('./formsFloor');

const COUNT = Number(process.argv[2] ?? 60);
const RUN_SECONDS = Number(process.argv[3] ?? 60);
/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
const LIMITS = { content: 80, points: 900, windowMs: 60_000 };

const secondsSince = start => (performance.now() - start) / 1000;

/** Seconds from the submission of a form to the end of its first step. */
const timeFirstStep = async (load, app) => {
  const start = performance.now();
  const id = await load.send(formOf(app));
  while (!(await load.steps(id)).includes('validate completed'))
    await sleep(100);
  return { id, seconds: secondsSince(start) };
};

const finish = async (load, id) => {
  const { status, events } = await load.finished(id);
  if (status !== 'completed')
    throw new Error(
      `Task ${id} ${status}:\n${events
        .map(one => one.body.message)
        .join('\n')}`,
    );
};

const measure = async load => {
  const alone = await timeFirstStep(load, 'alone');
  await finish(load, alone.id);
  const before = load.calls();
  for (const token of [BACKSTAGE_TOKEN, FLOOR_TOKEN])
    load.github.callLimits.limit(token, LIMITS);

  const start = performance.now();
  const ids = await Promise.all(
    Array.from({ length: COUNT }, (_, index) =>
      load.send(formOf(`app-${index}`)),
    ),
  );
  while ((await load.countWaiting()) < COUNT / 2) await sleep(1000);
  const amongOthers = await timeFirstStep(load, 'among-others');
  for (const id of [...ids, amongOthers.id]) await finish(load, id);
  const seconds = secondsSince(start);
  const after = load.calls();

  const forms = COUNT + 1;
  const writes = after.writes - before.writes;
  const floorStart = performance.now();
  await sendFloor(load.github.apiUrl, writes);
  const floor = secondsSince(floorStart) + RUN_SECONDS;
  return {
    forms,
    seconds,
    floor,
    writes: writes / forms,
    reads: (after.reads - before.reads) / forms,
    rejected: after.rejected - before.rejected,
    alone: alone.seconds,
    amongOthers: amongOthers.seconds,
  };
};

const main = async () => {
  const processors = loadavg()[0];
  const postgres = await startPostgres({
    dataDir: join(scratch, 'data'),
    logFile: join(scratch, 'postgres.log'),
    port: 0,
    databases: ['backstage'],
  });
  const load = await startLoad({
    postgres: { ...postgres, ca: fs.readFileSync(postgres.caFile, 'utf8') },
    wait: () => sleep(RUN_SECONDS * 1000),
    scaffolder: {
      taskRecovery: { enabled: true },
      concurrentTasksLimit: 200,
    },
  });
  try {
    const run = await measure(load);
    const { mib, busySeconds } = await load.stopBackend();
    const perMinute = (run.forms / run.seconds) * 60;
    const floorPerMinute = (run.forms / run.floor) * 60;
    console.log(
      `${run.forms} forms at once, workflow runs of ${RUN_SECONDS} s, ${
        cpus().length
      } processors with a load of ${processors.toFixed(1)} before`,
    );
    console.log(
      `Forms a minute ${perMinute.toFixed(1)}, ${(
        run.seconds / run.floor
      ).toFixed(
        2,
      )} × the time of their writes alone at GitHub's limits (${floorPerMinute.toFixed(
        1,
      )} a minute)`,
    );
    console.log(
      `A form: ${run.writes.toFixed(1)} writes and ${run.reads.toFixed(
        1,
      )} reads of GitHub's REST API, ${(busySeconds / run.forms).toFixed(
        2,
      )} s of processor time; ${
        run.rejected
      } calls were rejected by the limits`,
    );
    console.log(
      `First step ${run.alone.toFixed(1)} s alone, ${run.amongOthers.toFixed(
        1,
      )} s among the others; backend's peak ${Math.round(mib)} MiB`,
    );
    const verdict = (what, isMet) =>
      console.log(`${what}: ${isMet ? 'met' : 'not met'}`);
    verdict('Target 20 forms a minute', perMinute >= 20);
    verdict(
      'Target first step delayed by less than 5 s',
      run.amongOthers - run.alone < 5,
    );
    verdict('Target backend under 1 GB', mib < 1000 / 1.048576);
  } finally {
    await load.stop();
  }
};

main()
  .catch(error => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => fs.rmSync(scratch, { recursive: true, force: true }));
