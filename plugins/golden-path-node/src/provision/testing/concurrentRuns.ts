import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { until } from '../../../../../tests/support/platform';
import { isCreatingDatabase } from './instance';
import { startProxy } from './startProxy';
import { startWaiting } from './startWaiting';
import { stateOf } from './stateOf';
import type { Context } from './context';

const RUNS = 8;
const DATABASES = 40;

/** Many runs at once on one instance. */
export const testConcurrentRuns = ({
  instance,
  on,
  named,
  itRuns,
}: Context) => {
  const drop = async (apps: readonly TfvarsEntry[]) => {
    for (const { databaseName, username } of apps) {
      await instance().sql(
        `DROP DATABASE IF EXISTS ${databaseName} WITH (FORCE)`,
      );
      await instance().sql(`DROP ROLE IF EXISTS ${username}`);
    }
  };

  const testRound = async (round: number) => {
    const apps = Array.from({ length: DATABASES }, (_, n) =>
      named(`crowd${round}_${n}`),
    );
    const passwordFor = ({ key }: TfvarsEntry) => `secret of ${key}`;
    const state = () => stateOf(instance(), apps, passwordFor);
    const env = on();
    for (const app of apps) env.putFor(app, passwordFor(app));
    // What one run on its own makes: of each database the same.
    const alone = named(`alone${round}`);
    env.putFor(alone, passwordFor(alone));
    await env.run([alone]);
    const [clean] = await stateOf(instance(), [alone], passwordFor);

    try {
      // All of them, also where one fails: none goes on while its databases are dropped.
      const results = await Promise.allSettled(
        Array.from({ length: RUNS }, () => env.run(apps)),
      );
      expect(results).toMatchObject(
        Array(RUNS).fill({ status: 'fulfilled', value: { outcome: 'done' } }),
      );
      const changed = results.filter(
        result => result.status === 'fulfilled' && result.value.changes > 0,
      );
      expect(changed).toHaveLength(1);
      expect(await state()).toEqual(apps.map(() => clean));
    } finally {
      await drop(apps);
    }
  };
  const title = `has ${RUNS} runs at once on ${DATABASES} databases end as one would`;
  itRuns.once(`${title}, round 1`, () => testRound(1));
  itRuns.repetition.each([2, 3, 4, 5])(`${title}, round %s`, testRound);

  itRuns.once(
    'keeps what another run applied during the wait for the lock',
    async () => {
      const app = named('overtaken');
      const env = on();
      env.putFor(app, 'old');
      await env.run([app]);
      const other = await instance().connectAsSuperuser();
      try {
        await other.query('SELECT pg_advisory_lock(1735355492, 1885434984)');
        const { ended } = await startWaiting(more =>
          env.run([app], {}, undefined, more),
        );
        // The secret is rotated, and the run that holds the lock sets the new password.
        env.putFor(app, 'new', 'v2');
        await other.query(`ALTER ROLE ${app.username} PASSWORD 'new'`);
        await other.query(
          `COMMENT ON ROLE ${app.username} IS 'Managed by goldenpath-rds: secret goldenpath/dev/${app.key}/postgres, version v2'`,
        );
        await other.query('SELECT pg_advisory_unlock_all()');
        expect(await ended).toMatchObject({ outcome: 'done', changes: 0 });
        await instance().as(
          { username: app.username, password: 'new' },
          app.databaseName,
          'SELECT 1',
        );
      } finally {
        await other.end();
      }
    },
  );

  itRuns.once(
    'reads the secrets under the lock, also when it never waited',
    async () => {
      const app = named('late_secret');
      const env = on();
      env.putFor(app, 'old');
      await env.run([app]);
      // A rotation ends between the start of the run and its lock: the old password must not come back.
      const { rows } = await env.run([app], {}, undefined, {
        onEvent: ({ type }) => {
          if (type === 'start') env.putFor(app, 'new', 'v2');
        },
      });
      expect(rows.map(({ action }) => action)).toContain('set_password');
      await instance().as(
        { username: app.username, password: 'new' },
        app.databaseName,
        'SELECT 1',
      );
      expect(await env.run([app])).toMatchObject({ changes: 0 });
    },
  );

  itRuns.once('waits for the running statement of a killed run', async () => {
    const app = named('leftover');
    const env = on();
    env.putFor(app, 'secret');
    const proxy = await startProxy(instance());
    const blocker = await instance().connectAsSuperuser();
    try {
      // CREATE DATABASE waits for a session that comments on its template.
      await blocker.query('BEGIN');
      await blocker.query(`COMMENT ON DATABASE template0 IS 'blocked'`);
      const killed = env
        .run([app], { port: proxy.port })
        .catch((error: Error) => error);
      await until(
        () => isCreatingDatabase(instance()),
        'CREATE DATABASE to wait',
      );
      proxy.cutNow();
      await killed;
      expect(await isCreatingDatabase(instance())).toBe(true);

      const { ended } = await startWaiting(more =>
        env.run([app], {}, undefined, more),
      );
      await blocker.query('ROLLBACK');
      expect(await ended).toMatchObject({ outcome: 'done' });
    } finally {
      await blocker.end();
      await proxy.stop();
    }
  });
};
