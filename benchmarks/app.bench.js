/**
 * How many requests a second the app of the skeleton answers under gunicorn, each with a query, against appFloor.py in the
 * same run, interleaved; and how soon `/ready` follows a PostgreSQL that stops and returns.
 *
 *   node benchmarks/app.bench.js [seconds] [rounds]
 *
 * Needs Python with Flask, psycopg2, gunicorn and pytest, as the tests of the skeleton do.
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const { rmSync } = require('node:fs');
const { Agent, get } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
// The renderer is the tests' and cleans up with a hook of Jest.
globalThis.afterAll = hook => process.once('exit', hook);
const {
  APP_FORM,
  startAppDatabase,
} = require('../tests/support/appDatabase.ts');
const { findPython } = require('../tests/support/python.ts');
const { startApp } = require('../tests/support/runApp.ts');
const {
  renderSkeleton,
  skeletonValues,
} = require('../tests/support/skeleton.ts');

const SECONDS = Number(process.argv[2] ?? 8);
const ROUNDS = Number(process.argv[3] ?? 3);
/** As many as the app has threads: workers × threads of gunicorn.conf.py. */
const CLIENTS = 8;

const ask = (url, agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent }, answer => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
    }).once('error', reject);
  });

/** Asks without a pause from each client. @returns requests a second */
const measureRate = async url => {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const ends = performance.now() + SECONDS * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < ends) {
        const status = await ask(url, agent);
        if (status !== 200) throw new Error(`${url} answered ${status}`);
        count += 1;
      }
    }),
  );
  agent.destroy();
  return count / SECONDS;
};

/** @returns seconds until `/ready` has the status */
const measureUntil = async (app, status) => {
  const agent = new Agent({ keepAlive: false });
  const started = performance.now();
  while ((await ask(`${app.url}/ready`, agent)) !== status) await sleep(20);
  return (performance.now() - started) / 1000;
};

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const print = (what, value, target) =>
  console.log(`${what.padEnd(40)} ${value.padEnd(28)} target ${target}`);

const main = async () => {
  const python = findPython();
  if (!python) {
    console.log(
      'skipped: needs Python with Flask, psycopg2, gunicorn and pytest',
    );
    return;
  }
  const folder = await renderSkeleton(
    'backend-app-rds',
    skeletonValues(APP_FORM),
  );
  const database = await startAppDatabase();
  const apps = [];
  const start = async (args = []) => {
    const env = { ...database.credentials, LOG_LEVEL: 'info' };
    const app = await startApp(python, folder, env, args);
    apps.push(app);
    return app;
  };
  try {
    const app = await start();
    await measureUntil(app, 200);
    const floor = await start([
      '--pythonpath',
      __dirname,
      'appFloor:application',
    ]);
    const rates = { app: [], floor: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.floor.push(await measureRate(`${floor.url}/`));
      rates.app.push(await measureRate(`${app.url}/`));
    }
    const rate = median(rates.app);
    print('requests a second, each with a query', `${rate.toFixed(0)}`, '200');
    print(
      'floor: a bare WSGI function',
      `${median(rates.floor).toFixed(0)} (${(
        rate / median(rates.floor)
      ).toFixed(2)} × the floor)`,
      '0.25',
    );
    const restart = await database.interrupt();
    const gone = await measureUntil(app, 503);
    print('/ready 503 after PostgreSQL stopped', `${gone.toFixed(2)} s`, '2 s');
    await restart();
    const back = await measureUntil(app, 200);
    print('/ready 200 after it returned', `${back.toFixed(2)} s`, '5 s');
  } finally {
    await Promise.all(apps.map(app => app.terminate()));
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
