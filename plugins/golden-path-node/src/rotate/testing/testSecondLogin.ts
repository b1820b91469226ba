import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { entry, Instance } from '../../provision/testing/instance';
import { rotateStep } from '../act/rotateStep';
import { type provideWorlds } from './rotationOn';

/** What the provisioner and its check know of the second login. */
export const testSecondLogin = (
  version: PostgresVersion,
  instance: () => Instance,
  worldOf: ReturnType<typeof provideWorlds>,
) => {
  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const itRuns = itRunsAt({ version, runAs });
    const world = () => worldOf(runAs);

    /** Provisioned and rotated, so that one of the two logins is current. */
    const rotated = async (name: string, times: 1 | 2 = 1) => {
      const app = entry(`${name}_${runAs}`);
      await world().createFor(app);
      expect(await world().run([app])).toMatchObject({ outcome: 'done' });
      for (let turn = 0; turn < times; turn += 1)
        expect(
          await world().rotate(app, world().deps([app]), { isForced: true }),
        ).toMatchObject({ outcome: 'rotated' });
      return { app, clone: `${app.username}_clone` };
    };
    const check = (app: TfvarsEntry, more = {}) =>
      world().run([app], { mode: 'check', ...more });
    const expectClean = async (app: TfvarsEntry) => {
      expect(await check(app, { strict: true })).toMatchObject({
        outcome: 'done',
      });
      expect(await world().run([app])).toMatchObject({ changes: 0 });
    };
    const whoAmI = (app: TfvarsEntry) =>
      world().query(app, 'AWSCURRENT', 'SELECT current_user::text AS me');

    const DRIFT: Array<{ of: string; sql(app: TfvarsEntry): string[] }> = [
      {
        of: 'its attributes',
        sql: ({ username }) => [
          `ALTER ROLE ${username}_clone NOLOGIN CREATEDB CREATEROLE NOINHERIT CONNECTION LIMIT 3 VALID UNTIL '2001-01-01'`,
        ],
      },
      {
        of: 'the setting with which it begins',
        sql: ({ username }) => [`ALTER ROLE ${username}_clone RESET role`],
      },
      {
        of: 'its membership',
        sql: ({ username }) => [`REVOKE ${username} FROM ${username}_clone`],
      },
      {
        of: 'another membership',
        sql: ({ username }) => [
          `CREATE ROLE ${username}_group`,
          `GRANT ${username}_group TO ${username}_clone`,
        ],
      },
    ];
    itRuns.once.each(
      DRIFT.flatMap((drift, n) =>
        ([1, 2] as const).map(times => ({
          ...drift,
          n,
          times,
          where: times === 1 ? 'where it is current' : 'where it is not',
        })),
      ),
    )('a run repairs $of, $where', async ({ sql, n, times }) => {
      const { app } = await rotated(`drift${times}_${n}`, times);
      for (const statement of sql(app))
        await instance().as(instance()[runAs], 'postgres', statement);
      expect(await check(app)).toMatchObject({ outcome: 'drift' });
      expect(await world().run([app])).toMatchObject({ outcome: 'done' });
      await expectClean(app);
      expect(await whoAmI(app)).toEqual([{ me: app.username }]);
    });

    itRuns.once(
      'a run repairs the password of the login that is current, and never that of the other',
      async () => {
        const { app, clone } = await rotated('repair');
        const before = await world().valueAt(app, 'AWSPREVIOUS');
        await instance().as(
          instance()[runAs],
          'postgres',
          `ALTER ROLE ${clone} PASSWORD 'forgotten'`,
        );
        expect(await check(app)).toMatchObject({ outcome: 'drift' });
        expect(await world().run([app])).toMatchObject({
          outcome: 'done',
          changes: 1,
        });
        expect(await whoAmI(app)).toEqual([{ me: app.username }]);
        expect(
          await instance().as(before!, app.databaseName, 'SELECT 1 AS n'),
        ).toEqual([{ n: 1 }]);
        // Generated again, as by terraform apply -replace: the owner logs in.
        await world().put(app, {
          username: app.username,
          password: 'put back',
        });
        expect(await world().run([app])).toMatchObject({ outcome: 'done' });
        expect(await whoAmI(app)).toEqual([{ me: app.username }]);
        await expectClean(app);
        world().pass(3);
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'rotated',
          login: clone,
        });
        await expectClean(app);
      },
    );

    itRuns.once(
      'a run on an empty instance creates both, and the next rotation gives the owner its password',
      async () => {
        const { app, clone } = await rotated('disaster');
        const { sql } = instance();
        await sql(`DROP DATABASE ${app.databaseName}`);
        await sql(`DROP ROLE ${clone}`);
        await sql(`DROP ROLE ${app.username}`);
        expect(await world().run([app])).toMatchObject({ outcome: 'done' });
        expect(await whoAmI(app)).toEqual([{ me: app.username }]);
        await expectClean(app);
        world().pass(3);
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'rotated',
          login: app.username,
        });
        await expectClean(app);
      },
    );

    itRuns.once('a second login without an entry is reported', async () => {
      const { app, clone } = await rotated('abandoned');
      const other = entry(`staying_${runAs}`);
      await world().createFor(other);
      await world().run([other]);
      const notes: string[] = [];
      await world().run([other], { mode: 'check' }, event => {
        if (event.type === 'note') notes.push(event.text);
      });
      expect(notes).toContainEqual(
        expect.stringContaining(
          `role ${clone}, the second login of ${
            app.username
          }, managed by secret ${world().idOf(app)}, has no entry any more`,
        ),
      );
    });

    itRuns.once('is refused as the role of another entry', async () => {
      const { app, clone } = await rotated('taken');
      const thief = entry(`thief_${runAs}`, { username: clone });
      await world().createFor(thief);
      expect(await world().run([thief], { adopt: true })).toMatchObject({
        outcome: 'failed',
        databases: [
          {
            problems: [
              `Role ${clone} is the second login of ${app.username}. Choose another database user.`,
            ],
          },
        ],
      });
    });

    itRuns.once(
      'rotations and runs at once end as one rotation, then a clean run',
      async () => {
        const { app, clone } = await rotated('at_once', 2);
        world().pass(3);
        const results = await Promise.all([
          world().rotate(app, world().deps([app])),
          world().run([app]),
          world().rotate(app, world().deps([app])),
          world().run([app]),
        ]);
        expect(results.map(({ outcome }) => outcome)).not.toContain('failed');
        expect(await world().valueAt(app, 'AWSCURRENT')).toMatchObject({
          username: clone,
        });
        await expectClean(app);
      },
    );

    itRuns.once(
      'a rotation that was begun before the secret was generated again begins anew',
      async () => {
        const { app, clone } = await rotated('stale');
        const token = '11111111-1111-4111-8111-111111111111';
        world().pass(3);
        await rotateStep(world().deps([app]), {
          secretId: world().idOf(app),
          token,
          step: 'createSecret',
        });
        expect(await world().valueAt(app, 'AWSPENDING')).toMatchObject({
          username: app.username,
        });
        await world().put(app, {
          username: app.username,
          password: 'put back',
        });
        await world().run([app]);
        await expect(
          rotateStep(world().deps([app]), {
            secretId: world().idOf(app),
            token,
            step: 'setSecret',
          }),
        ).rejects.toThrow('whose password is current');
        world().pass(3);
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'rotated',
          login: clone,
        });
        expect(Object.values(await world().describe(app)).sort()).toEqual([
          ['AWSCURRENT'],
          ['AWSPREVIOUS'],
        ]);
        await expectClean(app);
      },
    );
  });
};
