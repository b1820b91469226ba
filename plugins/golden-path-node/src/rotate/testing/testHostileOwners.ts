import { ServiceUnavailableError } from '@backstage/errors';
import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { TRY_LOCK } from '../../provision/decide/postgres/observeSql';
import { entry, Instance } from '../../provision/testing/instance';
import { rotateEnvironment } from '../act/rotateEnvironment';
import { rotateStep } from '../act/rotateStep';
import type { RotationDeps } from '../ports';
import type { provideWorlds } from './rotationOn';

const TOKEN = '22222222-2222-4222-8222-222222222222';

/** What the owner of one database does keeps no other from being rotated. */
export const testHostileOwners = (
  version: PostgresVersion,
  instance: () => Instance,
  worldOf: ReturnType<typeof provideWorlds>,
) => {
  const itRuns = itRunsAt({ version, runAs: 'master' });
  const world = () => worldOf('master');
  const provisioned = async (...names: string[]) => {
    const apps = names.map(name => entry(name));
    for (const app of apps) await world().createFor(app);
    expect(await world().run(apps)).toMatchObject({ outcome: 'done' });
    return apps;
  };
  const rotateAll = async (entries: TfvarsEntry[], deps: RotationDeps) => {
    const { rotations } = await rotateEnvironment(deps, {
      environment: 'dev',
      entries,
      risks: new Map(),
      isAskedFor: true,
      isForced: true,
    });
    return rotations;
  };

  itRuns.once(
    "a rotation calls none of the owner's functions, types and operators",
    async () => {
      const [app] = await provisioned('planted');
      await world().query(
        app,
        'AWSCURRENT',
        `CREATE SCHEMA evil;
         CREATE FUNCTION evil.current_database() RETURNS name LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted'; END $$;
         CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
         ALTER DATABASE ${app.databaseName} SET search_path = evil, pg_catalog`,
      );
      expect(await rotateAll([app], world().deps([app]))).toMatchObject([
        { outcome: 'rotated' },
      ]);
    },
  );

  itRuns.once.each([
    { of: 'reject every query', setting: 'statement_timeout', value: '1ms' },
    { of: 'end at once', setting: 'idle_session_timeout', value: '1ms' },
  ])('sessions that $of fail their own rotation alone', async row => {
    const [app, other] = await provisioned(
      `own_${row.setting}`,
      `other_${row.setting}`,
    );
    await world().query(
      app,
      'AWSCURRENT',
      `ALTER DATABASE ${app.databaseName} SET ${row.setting} = '${row.value}'`,
    );
    // Slow enough for the timeout to strike.
    const deps = world().deps([app, other]);
    const connect: RotationDeps['connect'] = async target => {
      const session = await deps.connect(target);
      if (target.database !== app.databaseName) return session;
      return {
        ...session,
        query: async (sql, values) => {
          await new Promise(done => setTimeout(done, 100));
          return session.query(
            row.setting === 'statement_timeout' ? 'SELECT pg_sleep(1)' : sql,
            values,
          );
        },
      };
    };
    expect(await rotateAll([app, other], { ...deps, connect })).toMatchObject([
      {
        outcome: 'failed',
        reason: expect.stringContaining("can't log in to database"),
      },
      { outcome: 'rotated' },
    ]);
  });

  itRuns.once(
    'a rotation that another has replaced during the wait for the lock is refused',
    async () => {
      const [app] = await provisioned('replaced');
      world().pass(3);
      const deps = world().deps([app]);
      const secretId = world().idOf(app);
      await rotateStep(deps, { secretId, token: TOKEN, step: 'createSecret' });
      let described = 0;
      const secrets: RotationDeps['secrets'] = {
        ...deps.secrets,
        describe: async id => {
          described += 1;
          if (described === 2)
            await deps.secrets.putPending(
              id,
              TOKEN.replace('2222', '3333'),
              JSON.stringify({ other: 'value' }),
            );
          return deps.secrets.describe(id);
        },
      };
      await expect(
        rotateStep(
          { ...deps, secrets },
          { secretId, token: TOKEN, step: 'setSecret' },
        ),
      ).rejects.toThrow(`version ${TOKEN} is not pending`);
      expect(
        await instance().sql('SELECT FROM pg_roles WHERE rolname = $1', [
          `${app.username}_clone`,
        ]),
      ).toEqual([]);
    },
  );

  itRuns.once('finishSecret waits for a run that holds the lock', async () => {
    const [app] = await provisioned('finishing');
    world().pass(3);
    const secretId = world().idOf(app);
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const)
      await rotateStep(world().deps([app]), { secretId, token: TOKEN, step });
    expect(await instance().sql(TRY_LOCK)).toEqual([{ isLocked: true }]);
    const finish = () =>
      rotateStep(world().deps([app], { options: { lockTimeoutMs: 1 } }), {
        secretId,
        token: TOKEN,
        step: 'finishSecret',
      });
    try {
      await expect(finish()).rejects.toThrow(ServiceUnavailableError);
    } finally {
      await instance().sql('SELECT pg_advisory_unlock_all()');
    }
    expect(await finish()).toMatchObject({ outcome: 'done' });
  });
};
