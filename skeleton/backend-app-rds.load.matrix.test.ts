import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import {
  APP_FORM,
  AppDatabase,
  startAppDatabase,
} from '../tests/support/appDatabase';
import {
  createCredentialsMount,
  CredentialsMount,
} from '../tests/support/credentialsMount';
import { askOnce, startLoad } from '../tests/support/loadApp';
import { itWhen } from '../tests/support/needs';
import { until } from '../tests/support/platform';
import { findPython } from '../tests/support/python';
import { RunningApp, startApp } from '../tests/support/runApp';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

const python = findPython();
const itWithPython = itWhen(
  python !== undefined,
  'Python with Flask, psycopg2, gunicorn and pytest',
);

const { databaseName, username } = APP_FORM;
const CLONE = `${username}_clone`;
/** Threads of a worker, of which an app has two: gunicorn.conf.py. */
const THREADS = 4;

/** Starts the app in so many processes at once; prints how often each answer came, once all are ready. */
const START_AT_ONCE = `
import os, sys, time
import app
count = int(sys.argv[1])
gate, opener = os.pipe()
children = []
for _ in range(count):
    child = os.fork()
    if child == 0:
        os.close(opener)
        os.read(gate, 1)
        client = app.create_app().test_client()
        # As the readiness probe: 50 logins at once may take longer than one of them waits.
        for _ in range(300):
            if client.get("/ready").status_code == 200:
                os._exit(0)
            time.sleep(0.2)
        os._exit(1)
    children.append(child)
os.close(opener)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
`;

describe('the app of the skeleton under load', () => {
  let folder: string;
  let mount: CredentialsMount;
  let database: AppDatabase;
  const running: RunningApp[] = [];

  beforeAll(async () => {
    folder = await renderSkeleton('backend-app-rds', skeletonValues(APP_FORM));
    mount = createCredentialsMount();
    if (python) database = await startAppDatabase();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(app => app.terminate()));
  });
  afterAll(async () => {
    await database?.stop();
    mount?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (env: Record<string, string> = {}) => {
    const app = await startApp(python!, folder, {
      ...database.credentials,
      ...env,
    });
    running.push(app);
    return app;
  };
  const inDatabase = (sql: string) => database.query(sql, databaseName);

  itWithPython('50 starts at once run the migration once', async () => {
    const { stdout, stderr, status } = spawnSync(
      python!,
      ['-B', '-c', START_AT_ONCE, '50'],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...database.credentials },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(/"migration applied"/g)).toHaveLength(1);
    expect(await inDatabase('SELECT name FROM schema_migrations')).toEqual([
      { name: '0001_greetings.sql' },
    ]);
  });

  itWithPython(
    'answers 200 requests a second without an error, and asks the database for each',
    async () => {
      const app = await start();
      const scans = async () => {
        const [{ count }] = await inDatabase(
          `SELECT seq_scan + idx_scan AS count FROM pg_stat_user_tables WHERE relname = 'greetings'`,
        );
        return Number(count);
      };
      const before = await scans();
      const load = startLoad(200, () => `${app.url}/`);
      await until(async () => load.sent() >= 1000, 'a thousand requests');
      const answers = await load.stop();
      expect(answers).toEqual({ 200: load.sent() });
      // PostgreSQL reports its statistics with a delay.
      await until(
        async () => (await scans()) - before >= load.sent(),
        'as many scans of the table',
      );
    },
  );

  itWithPython(
    'is unavailable while PostgreSQL is, and recovers by itself',
    async () => {
      const app = await start();
      const statuses = async () => {
        const all = await Promise.all(
          Array.from({ length: 4 * THREADS }, () =>
            askOnce(`${app.url}/ready`),
          ),
        );
        return new Set(all);
      };
      expect(await statuses()).toEqual(new Set([200]));
      const restart = await database.interrupt();
      expect(await statuses()).toEqual(new Set([503]));
      expect((await app.ask('/ready')).body.reason).toBe(
        'database not reachable',
      );
      expect((await app.ask('/health')).status).toBe(200);
      await restart();
      // Each process tries again after a second, by one of its threads.
      await until(async () => {
        const all = await statuses();
        return all.size === 1 && all.has(200);
      }, 'only ready answers');
      expect(await app.ask('/')).toMatchObject({ status: 200 });
    },
  );

  itWithPython('loses no request when one of two pods ends', async () => {
    // One worker: the system would spread the requests over two by chance.
    const leaving = await start({ WEB_CONCURRENCY: '1' });
    const staying = await start();
    expect((await leaving.ask('/')).status).toBe(200);
    const locker = await database.postgres.connectAsSuperuser(databaseName);
    try {
      await locker.query('BEGIN; LOCK TABLE greetings');
      const slow = Array.from({ length: THREADS }, () =>
        askOnce(`${leaving.url}/`),
      );
      await until(async () => {
        const waiting = await database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = '${username}'`,
        );
        return waiting.length === THREADS;
      }, 'every thread to wait');
      const load = startLoad(100, () => `${staying.url}/health`);
      const ended = leaving.terminate();
      await until(
        async () => leaving.output().includes('Handling signal: term'),
        'the signal to arrive',
      );
      await locker.query('COMMIT');
      expect(await Promise.all(slow)).toEqual(slow.map(() => 200));
      expect(await ended).toBe(0);
      expect(await load.stop()).toEqual({ 200: load.sent() });
    } finally {
      await locker.end();
    }
  });

  itWithPython(
    'fails no request while its password rotates three times',
    async () => {
      await database.query(
        `CREATE ROLE ${CLONE} LOGIN; GRANT ${username} TO ${CLONE}; ALTER ROLE ${CLONE} SET role = '${username}'`,
      );
      const writeMount = (user: string, password: string) =>
        mount.write({
          ...database.credentials,
          DB_USER: user,
          DB_PASS: password,
        });
      writeMount(username, database.credentials.DB_PASS);
      const isAlone = async (user: string) => {
        const logins = await database.query(
          `SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = '${databaseName}'`,
        );
        return logins.length === 1 && logins[0].usename === user;
      };
      // Each connection serves a moment only: the app logs in all the time.
      const app = await start({
        DB_CREDS_DIR: mount.folder,
        DB_CONNECTION_MAX_AGE: '0.05',
        DB_PASS: 'of-the-environment',
      });
      const load = startLoad(100, () => `${app.url}/`);
      for (const [turn, user] of [CLONE, username, CLONE].entries()) {
        const password = `rotated-${turn}`;
        await database.query(`ALTER ROLE ${user} PASSWORD '${password}'`);
        const sent = load.sent();
        await until(
          async () => load.sent() > sent + 50,
          'requests with the old files',
        );
        writeMount(user, password);
        await until(() => isAlone(user), `${user} alone to be logged in`);
      }
      expect(await load.stop()).toEqual({ 200: load.sent() });
      const last = await start({
        DB_CREDS_DIR: mount.folder,
        LOG_LEVEL: 'debug',
      });
      expect((await last.ask('/ready')).status).toBe(200);
      const [{ user }] = last.log().filter(line => line.message === 'ready');
      expect(user).toBe(username);
      expect(app.output() + last.output()).not.toContain('rotated-');
    },
  );
});
