import { setTimeout as sleep } from 'node:timers/promises';
import type { TfvarsEntry } from '../../../decide/tfvars';
import { startProxy } from '../startProxy';
import { stateOf } from '../stateOf';
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
    const passwordOf = ({ key }: TfvarsEntry) => `secret of ${key}`;
    const state = () => stateOf(instance(), apps, passwordOf);
    const fresh = () => {
      const env = on();
      for (const app of apps) env.putFor(app, passwordOf(app));
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
