import type { PostgresVersion } from '@goldenpath/local-postgres';
import { itRunsAt } from '../../../../../tests/support/matrix';
import type { ProvisionEvent } from '../../provision/decide/events';
import { entry, Instance } from '../../provision/testing/instance';
import { type provideWorlds } from './rotationOn';

/** What a check says of a second login that was changed by others, and what a rotation does then. */
export const testCloneFindings = (
  version: PostgresVersion,
  instance: () => Instance,
  worldOf: ReturnType<typeof provideWorlds>,
) => {
  describe.each(['master', 'superuser'] as const)('as %s', runAs => {
    const itRuns = itRunsAt({ version, runAs });
    const world = () => worldOf(runAs);

    /** Provisioned and rotated, so that the second login is current. */
    const rotated = async (name: string) => {
      const app = entry(`${name}_${runAs}`);
      await world().createFor(app);
      expect(await world().run([app])).toMatchObject({ outcome: 'done' });
      expect(
        await world().rotate(app, world().deps([app]), { isForced: true }),
      ).toMatchObject({ outcome: 'rotated' });
      return { app, clone: `${app.username}_clone` };
    };
    const check = async (
      entries: Array<ReturnType<typeof entry>>,
      more = {},
    ) => {
      const events: ProvisionEvent[] = [];
      const result = await world().run(
        entries,
        { mode: 'check', ...more },
        event => {
          events.push(event);
        },
      );
      return { result, events, said: JSON.stringify(events) };
    };

    itRuns.once(
      'what the second login owns is drift, and the remedy gives it to the owner',
      async () => {
        const { app, clone } = await rotated('owns');
        await world().query(
          app,
          'AWSCURRENT',
          'SET ROLE NONE; GRANT CREATE ON SCHEMA public TO CURRENT_USER; CREATE TABLE mine (n int)',
        );
        const { result, events } = await check([app]);
        expect(result).toMatchObject({
          outcome: 'drift',
          databases: [
            {
              problems: [
                expect.stringContaining(
                  `Role ${clone}, the second login of ${app.username}, owns`,
                ),
              ],
            },
          ],
        });
        const plan = events.find(event => event.type === 'plan');
        const remedies =
          plan?.type === 'plan' ? plan.databases[0].remedies : [];
        for (const { role, database, sql } of remedies) {
          expect(role).toBe(clone);
          await instance().as(
            (await world().valueAt(app, 'AWSCURRENT'))!,
            database,
            sql,
          );
        }
        expect((await check([app], { strict: true })).result).toMatchObject({
          outcome: 'done',
        });
      },
    );

    itRuns.once(
      'what nobody owns is neither drift nor in the way of a rotation: default privileges, user mappings',
      async () => {
        const { app, clone } = await rotated('nobodys');
        for (const sql of [
          'CREATE FOREIGN DATA WRAPPER nobodys; CREATE SERVER nobodys FOREIGN DATA WRAPPER nobodys',
          `CREATE USER MAPPING FOR ${clone} SERVER nobodys`,
          `ALTER DEFAULT PRIVILEGES FOR ROLE ${clone} GRANT SELECT ON TABLES TO ${app.username}`,
        ])
          await instance().as(instance().superuser, app.databaseName, sql);
        expect((await check([app])).result).toMatchObject({ outcome: 'done' });
        world().pass(3);
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'rotated',
        });
      },
    );

    itRuns.once(
      'its settings are reported, each with the statement after which it rotates',
      async () => {
        const { app, clone } = await rotated('settings');
        const { sql } = instance();
        await sql(`ALTER ROLE ${clone} SET search_path = public`);
        await sql(
          `ALTER ROLE ${clone} IN DATABASE postgres SET app.jwt = 'theirs'`,
        );
        const { events, said } = await check([app]);
        world().pass(3);
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'refused',
        });
        const plan = events.find(event => event.type === 'plan');
        const told = plan?.type === 'plan' ? plan.databases[0].told : [];
        const { superuser, [runAs]: master } = instance();
        for (const { by, run } of [
          { by: master, run: `ALTER ROLE "${clone}" RESET "search_path";` },
          {
            by: runAs === 'master' ? superuser : master,
            run: `ALTER ROLE "${clone}" IN DATABASE "postgres" RESET "app.jwt";`,
          },
        ]) {
          expect(told).toContainEqual(
            expect.stringContaining(
              `a rotation refuses it. ${by.username} can run in database postgres: ${run}`,
            ),
          );
          await instance().as(by, 'postgres', run);
        }
        expect(said).not.toContain('theirs');
        expect(await world().rotate(app, world().deps([app]))).toMatchObject({
          outcome: 'rotated',
        });
      },
    );

    itRuns.once(
      'only the second login of an entry is left out of members and grantees',
      async () => {
        const apps = ['x', 'y'].flatMap(name => [
          entry(`${name}_${runAs}`),
          entry(`${name}2_${runAs}`, {
            username: `${name}_${runAs}_user_clone`,
          }),
        ]);
        for (const app of apps) await world().createFor(app);
        expect(await world().run(apps)).toMatchObject({ outcome: 'done' });
        const [x, xClone, y, yClone] = apps;
        const master = instance()[runAs].username;
        const { sql } = instance();
        await sql(`CREATE ROLE "${master}_clone"`);
        await sql(`GRANT "${master}" TO "${master}_clone"`);
        await sql(`GRANT ${x.username} TO ${xClone.username}`);
        await sql(
          `GRANT CONNECT ON DATABASE ${y.databaseName} TO ${yClone.username}`,
        );
        try {
          const { result, said } = await check(apps, { strict: true });
          expect(result).toMatchObject({ outcome: 'drift' });
          expect(said).toContain(
            `REVOKE \\"${master}\\" FROM \\"${master}_clone\\"`,
          );
          expect(said).toContain(
            `REVOKE \\"${x.username}\\" FROM \\"${xClone.username}\\"`,
          );
          expect(said).toContain(
            `REVOKE CONNECT ON DATABASE \\"${y.databaseName}\\" FROM \\"${yClone.username}\\"`,
          );
        } finally {
          await sql(`DROP ROLE "${master}_clone"`);
        }
      },
    );
  });
};
