import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  APP_FORM,
  AppDatabase,
  startAppDatabase,
} from '../tests/support/appDatabase';
import { askOnce } from '../tests/support/loadApp';
import { itWhen } from '../tests/support/needs';
import { findPython } from '../tests/support/python';
import { RunningApp, startApp } from '../tests/support/runApp';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

// Debian's Flask, psycopg2, gunicorn and pytest stand in for the versions that the skeleton pins.
const python = findPython();
const itWithPython = itWhen(
  python !== undefined,
  'Python with Flask, psycopg2, gunicorn and pytest',
);

/** Of the liveness probe in deploy/base/deployment.yaml. */
const PROBE_TIMEOUT_MS = 2000;

/** Runs the tests of a rendered app. @returns what they print last, such as `25 passed, 3 skipped` */
const runPytest = (folder: string, env: Record<string, string> = {}): string =>
  run(folder, ['pytest', '-p', 'no:cacheprovider', '-q'], env)
    .trim()
    .split('\n')
    .at(-1)!;

const run = (folder: string, module: string[], env: Record<string, string>) => {
  const { stdout, stderr } = spawnSync(python!, ['-B', '-m', ...module], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
  return stdout + stderr;
};

describe('the app of the skeleton', () => {
  let folder: string;
  let database: AppDatabase;
  let credentials: Record<string, string>;
  const running: RunningApp[] = [];

  beforeAll(async () => {
    folder = await renderSkeleton('backend-app-rds', skeletonValues(APP_FORM));
    if (!python) return;
    database = await startAppDatabase();
    credentials = database.credentials;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(app => app.terminate()));
  });
  afterAll(async () => {
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  itWithPython('passes its own tests without a database', async () => {
    expect(runPytest(folder)).toMatch(/^\d+ passed, 3 skipped in /);
  });

  itWithPython('passes its own tests with its database', async () => {
    expect(runPytest(folder, credentials)).toMatch(/^\d+ passed in /);
  });

  itWithPython(
    'passes them without pytest, as where a repo lists no tools for tests',
    async () => {
      const says = run(folder, ['unittest', 'discover', 'tests'], {});
      expect(says).toMatch(/Ran \d+ tests .*\n\nOK/s);
    },
  );

  // Flask looks for the files of the module that it is named after, and a built-in module has none.
  for (const component_id of ['select', 'time', 'flask', 'root'])
    itWithPython(
      `passes its own tests as ${component_id}, a name that Python knows`,
      async () => {
        const other = await renderSkeleton(
          'backend-app-rds',
          skeletonValues({ ...APP_FORM, component_id }),
        );
        expect(runPytest(other)).toMatch(/^\d+ passed, 3 skipped in /);
        rmSync(other, { recursive: true, force: true });
      },
    );

  itWithPython(
    'says hello, is healthy, and is ready over its own database with TLS',
    async () => {
      const app = await start({ ...credentials, LOG_LEVEL: 'debug' });
      expect(await app.ask('/')).toEqual({
        status: 200,
        body: { message: 'Hello from parcel-tracker' },
      });
      expect(await app.ask('/health')).toEqual({
        status: 200,
        body: { status: 'ok' },
      });
      expect(await app.ask('/ready')).toEqual({
        status: 200,
        body: { status: 'ready' },
      });
      expect(app.log()).toContainEqual(
        expect.objectContaining({
          message: 'ready',
          ...{ database: 'parcels_db', user: 'parcels_app' },
        }),
      );
      // The server takes nobody without TLS: the answer above came over it, this one can't.
      const plain = await start({ ...credentials, DB_SSLMODE: 'disable' });
      expect((await plain.ask('/ready')).status).toBe(503);
    },
  );

  itWithPython('checks who answers, unless told otherwise', async () => {
    const stranger = { ...credentials, DB_SSLROOTCERT: '/dev/null' };
    const refusing = await start(stranger);
    expect(await refusing.ask('/ready')).toEqual({
      status: 503,
      body: { status: 'unavailable', reason: 'server not verified' },
    });
    const trusting = await start({ ...stranger, DB_SSLMODE: 'require' });
    expect((await trusting.ask('/ready')).status).toBe(200);
  });

  const refusals: Array<{
    change: Record<string, string>;
    reason: string;
    why: string;
  }> = [
    {
      change: { DB_PASS: 'wrong-pass-4711' },
      reason: 'login refused',
      why: 'a wrong password',
    },
    {
      change: { DB_NAME: 'no_such_db' },
      reason: 'database does not exist',
      why: 'no such database',
    },
    {
      change: { DB_PORT: '1' },
      reason: 'database not reachable',
      why: 'nobody listens',
    },
    {
      change: { DB_PORT: 'x' },
      reason: 'database not reachable',
      why: 'a port that is none',
    },
    {
      change: { DB_PASS: '', DB_USER: '' },
      reason: 'credentials not set',
      why: 'credentials not there yet',
    },
  ];
  refusals.forEach(({ change, reason, why }) =>
    itWithPython(`is alive but not ready: ${why}`, async () => {
      const app = await start({ ...credentials, ...change });
      expect(await app.ask('/ready')).toEqual({
        status: 503,
        body: { status: 'unavailable', reason },
      });
      expect((await app.ask('/health')).status).toBe(200);
      expect(app.output()).not.toContain('wrong-pass-4711');
      expect(app.output()).not.toContain(credentials.DB_PASS);
    }),
  );

  itWithPython(
    'answers /health while the database accepts connections and says nothing',
    async () => {
      const silent = createServer(() => undefined);
      await new Promise<void>(done => {
        silent.listen(0, '127.0.0.1', done);
      });
      const { port } = silent.address() as AddressInfo;
      const app = await start({ ...credentials, DB_PORT: String(port) });
      let isOver = false;
      // Four times as many as the app has threads.
      const clients = Array.from({ length: 32 }, async () => {
        while (!isOver) {
          expect(await askOnce(`${app.url}/`)).toBe(503);
          await sleep(100);
        }
      });
      try {
        // Until then every thread waits for its first connection.
        await sleep(4000);
        for (let probe = 0; probe < 10; probe++) {
          const started = performance.now();
          expect(await askOnce(`${app.url}/health`)).toBe(200);
          expect(performance.now() - started).toBeLessThan(PROBE_TIMEOUT_MS);
          await sleep(300);
        }
      } finally {
        isOver = true;
        await Promise.all(clients);
        silent.close();
      }
    },
  );

  itWithPython('keeps at most a connection for each thread', async () => {
    const app = await start(credentials);
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => app.ask('/')),
      );
      expect(answers.map(answer => answer.status)).toEqual(
        answers.map(() => 200),
      );
    }
    const [{ count }] = await database.query(
      `SELECT count(*) FROM pg_stat_activity WHERE usename = '${APP_FORM.username}'`,
    );
    expect(Number(count)).toBeGreaterThan(0);
    expect(Number(count)).toBeLessThanOrEqual(8);
  });

  const levels = [
    { level: 'debug', logged: ['/', '/health', '/ready'] },
    { level: 'info', logged: ['/'] },
    { level: 'warn', logged: [] },
    { level: 'verbose', logged: ['/'] },
  ];
  levels.forEach(({ level, logged }) =>
    itWithPython(`logs JSON, as much as LOG_LEVEL=${level} wants`, async () => {
      const app = await start({ ...credentials, LOG_LEVEL: level });
      // The first one logs in and migrates, which may take over a second: then it would be a warning.
      await app.ask('/ready');
      const before = app.log().length;
      await app.ask('/');
      await app.ask('/health');
      await app.ask('/ready');
      await app.terminate();
      const lines = app.log();
      expect(
        lines
          .slice(before)
          .filter(line => line.message === 'request')
          .map(line => line.path),
      ).toEqual(logged);
      expect(lines.some(line => line.message.includes('not a log level'))).toBe(
        level === 'verbose',
      );
    }),
  );

  itWithPython(
    'names the request that failed, and why, where only warnings are logged',
    async () => {
      const app = await start({
        ...credentials,
        ...{ DB_USER: '', LOG_LEVEL: 'warn' },
      });
      await app.ask('/?language=de');
      await app.terminate();
      expect(app.log().filter(({ path }) => path === '/')).toMatchObject([
        {
          ...{ level: 'error', message: 'credentials not set', path: '/' },
          detail: 'DB_USER',
        },
        { level: 'warning', message: 'request', path: '/', status: 503 },
      ]);
    },
  );

  itWithPython('finishes what it is doing on SIGTERM', async () => {
    // Stands between app and database, and holds the first connection until told.
    let release = () => {};
    let arrived = () => {};
    const connected = new Promise<void>(done => {
      arrived = done;
    });
    const gate = createServer(near => {
      release = () => {
        const far = connect(database.postgres.port, 'localhost');
        near.pipe(far).pipe(near);
        near.on('error', () => far.destroy());
        far.on('error', () => near.destroy());
      };
      arrived();
    });
    await new Promise<void>(done => {
      gate.listen(0, '127.0.0.1', done);
    });
    try {
      const { port } = gate.address() as AddressInfo;
      const app = await start({ ...credentials, DB_PORT: String(port) });
      const answer = app.ask('/ready');
      await connected;
      const ended = app.terminate();
      release();
      expect((await answer).status).toBe(200);
      expect(await ended).toBe(0);
    } finally {
      gate.close();
    }
  });

  const start = async (env: Record<string, string>): Promise<RunningApp> => {
    const app = await startApp(python!, folder, env);
    running.push(app);
    return app;
  };
});
