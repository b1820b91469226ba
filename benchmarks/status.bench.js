/**
 * How many requests a second the status route answers, with permissions on and many databases on PostgreSQL, as a ratio to a
 * floor: a bare express with the same query.
 *
 *   node benchmarks/status.bench.js [databases] [seconds]
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { cpus, loadavg, tmpdir } = require('node:os');
const { join } = require('node:path');

const scratch = fs.mkdtempSync(join(tmpdir(), 'golden-path-status-'));
// PostgreSQL may run as another user and must reach its data in this folder.
fs.chmodSync(scratch, 0o755);
const SOURCE = '../plugins/golden-path-backend/src';
const { startPostgres } = require('@goldenpath/local-postgres');
const express = require('express');

const { bootRoutes, TEAM } = require(`${SOURCE}/testing/bootRoutes.ts`);
const { databaseOf } = require(`${SOURCE}/testing/databaseOf.ts`);

const COUNT = Number(process.argv[2] ?? 5000);
const SECONDS = Number(process.argv[3] ?? 10);
const AT_ONCE = 16;
/** Requests a second on two cores. */
const GOAL = 200;
/** A server that can't follow answers later and later. */
const GOAL_MS = 500;
const ROUNDS = 3;

/** Runs the load in a process of its own. */
const load = (target, seconds, rate) =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        join(__dirname, 'statusLoad.js'),
        ...[seconds, AT_ONCE, rate].map(String),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    let text = '';
    child.stdout.on('data', data => {
      text += data;
    });
    child.once('error', reject);
    child.once('exit', code =>
      code === 0
        ? resolve(JSON.parse(text))
        : reject(new Error(`The load ended with ${code}.`)),
    );
    child.stdin.end(JSON.stringify(target));
  });

/** Serves what the store reads of a database, and nothing around it. */
const serveFloor = async knex => {
  const app = express();
  app.get('/databases/:environment/:databaseName', async (req, res) => {
    const { environment, databaseName } = req.params;
    const [row, sources] = await Promise.all([
      knex('goldenpath_databases')
        .where({ request_id: `${environment}-${databaseName}` })
        .first('status', 'updated_at'),
      knex('goldenpath_sources')
        .whereIn('name', ['catalog', 'pull_requests'])
        .min({ readAt: 'read_at' }),
    ]);
    res.json({ ...JSON.parse(row.status), seenAt: sources[0].readAt });
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  return server;
};

/** The load, and how long this process, the server, kept a processor busy for each request: also true on a busy machine. */
const measure = async (target, rate = 0) => {
  const before = process.cpuUsage();
  const result = await load(target, SECONDS, rate);
  const { user, system } = process.cpuUsage(before);
  return { ...result, busyMs: (user + system) / 1000 / result.count };
};

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const main = async () => {
  const before = loadavg()[0];
  const postgres = await startPostgres({
    dataDir: join(scratch, 'data'),
    logFile: join(scratch, 'postgres.log'),
    port: 0,
    databases: ['backstage'],
  });
  const routes = await bootRoutes(
    {
      port: postgres.port,
      ca: fs.readFileSync(postgres.caFile, 'utf8'),
      ...postgres.databases.backstage,
    },
    // Nobody answers there: the routes under measurement never ask.
    {
      host: '127.0.0.1:1',
      apiBaseUrl: 'http://127.0.0.1:1/api/v3',
      token: 'none',
    },
  );
  const floor = await serveFloor(routes.knex);
  try {
    const names = Array.from({ length: COUNT }, (_, at) => `db_${at}`);
    await routes.put(
      names.map((databaseName, at) =>
        databaseOf({
          databaseName,
          // Every tenth is the user's.
          ownerRef: at % 10 === 0 ? TEAM : `group:default/team-${at % 100}`,
        }),
      ),
    );
    const own = names.filter((_, at) => at % 10 === 0);
    const urlsOf = base => own.map(name => `${base}/databases/dev/${name}`);
    const ours = { urls: urlsOf(routes.url), token: routes.token };
    const bare = { urls: urlsOf(`http://127.0.0.1:${floor.address().port}`) };
    console.log(
      `${COUNT} databases, ${
        cpus().length
      } processors with a load of ${before.toFixed(1)} before`,
    );

    // Compiled code and open connections, as in a server that runs for a while.
    await measure(ours);
    await measure(bare);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({
        ours: await measure(ours),
        bare: await measure(bare),
      });
    const at = (what, field = 'perSecond') =>
      median(rounds.map(one => one[what][field]));
    console.log(
      `Status: ${Math.round(at('ours'))} a second, ${(
        at('bare') / at('ours')
      ).toFixed(
        1,
      )} × the time of a bare express with the same query (${Math.round(
        at('bare'),
      )} a second)`,
    );
    console.log(
      `Processor time of a request: ${at('ours', 'busyMs').toFixed(
        1,
      )} ms, of the bare express ${at('bare', 'busyMs').toFixed(1)} ms`,
    );
    const steady = await measure(ours, GOAL);
    const isMet = steady.p99 <= GOAL_MS;
    if (!isMet) process.exitCode = 1;
    console.log(
      `At ${GOAL} a second: median ${steady.median.toFixed(
        1,
      )} ms, 99 % within ${steady.p99.toFixed(
        1,
      )} ms; goal 99 % within ${GOAL_MS} ms: ${isMet ? 'met' : 'not met'}`,
    );
    const list = await measure({
      urls: [`${routes.url}/databases?limit=5000`],
      token: routes.token,
    });
    console.log(
      `List of the user's ${own.length} databases: ${Math.round(
        list.perSecond,
      )} a second, median ${list.median.toFixed(1)} ms`,
    );
  } finally {
    floor.closeAllConnections();
    floor.close();
    await routes.stop();
    await postgres.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
};

main().then(
  () => process.exit(),
  error => {
    console.error(error);
    process.exit(1);
  },
);
