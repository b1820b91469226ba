import { setTimeout as sleep } from 'node:timers/promises';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { startProxy } from './startProxy';
import { stateOf } from './stateOf';
import type { Context } from './context';

const RUNS = 8;
const DATABASES = 40;
const ROUNDS = 5;

/** Many runs at once on one instance. */
export const testCrowding = ({ instance, on, named }: Context) => {
  const drop = async (apps: readonly TfvarsEntry[]) => {
    for (const { databaseName, username } of apps) {
      await instance().sql(`DROP DATABASE ${databaseName}`);
      await instance().sql(`DROP ROLE ${username}`);
    }
  };

  it(`has ${RUNS} runs at once on ${DATABASES} databases end as one would, ${ROUNDS} times in a row`, async () => {
    const apps = Array.from({ length: DATABASES }, (_, n) =>
      named(`crowd${n}`),
    );
    const passwordFor = ({ key }: TfvarsEntry) => `secret of ${key}`;
    const state = () => stateOf(instance(), apps, passwordFor);
    const fresh = () => {
      const env = on();
      for (const app of apps) env.putFor(app, passwordFor(app));
      return env;
    };
    await fresh().run(apps);
    const clean = await state();
    await drop(apps);

    for (let round = 0; round < ROUNDS; round += 1) {
      const env = fresh();
      const results = await Promise.all(
        Array.from({ length: RUNS }, () => env.run(apps)),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(
        Array(RUNS).fill('done'),
      );
      expect(results.filter(({ changes }) => changes > 0)).toHaveLength(1);
      expect(await state()).toEqual(clean);
      await drop(apps);
    }
  });

  it('takes nothing back that a run did while it waited for the lock', async () => {
    const app = named('overtaken');
    const env = on();
    env.putFor(app, 'old');
    await env.run([app]);
    const other = await instance().connectAsSuperuser();
    try {
      await other.query('SELECT pg_advisory_lock(1735355492, 1885434984)');
      let waits: () => void;
      const isWaiting = new Promise<void>(done => (waits = done));
      const late = env.run([app], {}, undefined, {
        onEvent: ({ type }) => type === 'waiting' && waits(),
      });
      await isWaiting;
      // The secret is rotated, and whoever holds the lock brings it to the role.
      env.putFor(app, 'new', 'v2');
      await other.query(`ALTER ROLE ${app.username} PASSWORD 'new'`);
      await other.query(
        `COMMENT ON ROLE ${app.username} IS 'Managed by goldenpath-rds: secret goldenpath/dev/${app.key}/postgres, version v2'`,
      );
      await other.query('SELECT pg_advisory_unlock_all()');
      expect(await late).toMatchObject({ outcome: 'done', changes: 0 });
      await instance().as(
        { username: app.username, password: 'new' },
        app.databaseName,
        'SELECT 1',
      );
    } finally {
      await other.end();
    }
  });

  it('waits for the statement that a killed run left under way', async () => {
    const app = named('leftover');
    const env = on();
    env.putFor(app, 'secret');
    const proxy = await startProxy(instance());
    const blocker = await instance().connectAsSuperuser();
    try {
      // CREATE DATABASE waits for whoever comments on its template.
      await blocker.query('BEGIN');
      await blocker.query(`COMMENT ON DATABASE template0 IS 'blocked'`);
      const isUnderWay = async (count: number) => {
        const [{ there }] = await instance().sql(
          `SELECT count(*)::int AS there FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND state = 'active'`,
        );
        return there === count;
      };
      const killed = env
        .run([app], { port: proxy.port })
        .catch((error: Error) => error);
      while (!(await isUnderWay(1))) await sleep(5);
      proxy.cutNow();
      await killed;
      expect(await isUnderWay(1)).toBe(true);

      const events: string[] = [];
      const next = env.run([app], {}, undefined, {
        onEvent: ({ type }) => events.push(type),
      });
      await sleep(300);
      await blocker.query('ROLLBACK');
      expect(await next).toMatchObject({ outcome: 'done' });
      expect(events).toContain('waiting');
    } finally {
      await blocker.end();
      await proxy.stop();
    }
  });
};
