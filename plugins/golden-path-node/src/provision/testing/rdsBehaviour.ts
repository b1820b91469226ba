import { ADMIN_OPTION_VERSION } from '../decide/observation';
import type { Context } from './context';

/** Behaviour observed on RDS instances. */
export const testRdsBehaviour = (
  { runAs, instance, on, named, itRuns }: Context,
  version: number,
) => {
  const logSince = (position: number) => instance().log().slice(position);
  const converged = async (name: string) => {
    const env = on();
    const app = named(name);
    env.putFor(app, 'secret');
    await env.run([app]);
    return { env, app };
  };

  itRuns.once(
    'never names SUPERUSER, REPLICATION or BYPASSRLS, which RDS refuses',
    async () => {
      const from = instance().log().length;
      const { env, app } = await converged('powers');
      await instance().sql(`ALTER ROLE ${app.username} CREATEDB CREATEROLE`);
      const mending = instance().log().length;
      expect(await env.run([app])).toMatchObject({ outcome: 'done' });
      for (const text of [logSince(from), logSince(mending)]) {
        const statements = text.match(
          /statement: (BEGIN; )?(CREATE|ALTER) ROLE[^\n]*/g,
        );
        expect(statements).not.toBeNull();
        expect(statements).not.toContainEqual(
          expect.stringMatching(/SUPERUSER|REPLICATION|BYPASSRLS/),
        );
      }
    },
  );

  itRuns.perBoth(
    'revokes rds_iam from a role before granting the role to the master, whose password login would end otherwise',
    async () => {
      await instance().sql(`CREATE ROLE rds_iam_${runAs}`);
      const env = on();
      const app = named('iam');
      env.putFor(app, 'secret');
      await instance().as(
        instance()[runAs],
        'postgres',
        `CREATE ROLE ${app.username} LOGIN`,
      );
      await instance().sql(`GRANT rds_iam_${runAs} TO ${app.username}`);
      const membership = `SELECT 1 FROM pg_auth_members WHERE roleid = 'rds_iam_${runAs}'::regrole`;

      const from = instance().log().length;
      if (runAs === 'master' && version >= ADMIN_OPTION_VERSION) {
        // The superuser granted it, and since 16 only the grantor may revoke it.
        for (const mode of ['dry-run', 'apply'] as const) {
          const { databases } = await env.run([app], { adopt: true, mode });
          expect(databases).toMatchObject([
            {
              outcome: 'refused',
              problems: [
                expect.stringContaining(
                  `REVOKE "rds_iam_${runAs}" FROM "${app.username}" GRANTED BY "rdsadmin";`,
                ),
              ],
            },
          ]);
        }
        expect(logSince(from)).not.toContain('TO CURRENT_USER');
        await instance().sql(
          `REVOKE "rds_iam_${runAs}" FROM "${app.username}" GRANTED BY "rdsadmin"`,
        );
      }
      expect(await env.run([app], { adopt: true })).toMatchObject({
        outcome: 'done',
      });
      expect(await instance().sql(membership)).toEqual([]);
      const log = logSince(from);
      const granted = log.indexOf(`GRANT "${app.username}" TO CURRENT_USER`);
      if (runAs === 'master') {
        expect(granted).toBeGreaterThan(
          log.indexOf(`REVOKE "rds_iam_${runAs}"`),
        );
      } else expect(granted).toBe(-1);
    },
  );

  if (runAs === 'master' && version >= ADMIN_OPTION_VERSION) {
    itRuns.perVersion(
      'repairs a membership that inherits nothing',
      async () => {
        const { env, app } = await converged('inherits');
        const { username } = instance().master;
        await instance().sql(
          `GRANT ${app.username} TO ${username} WITH INHERIT FALSE GRANTED BY ${username}`,
        );
        await instance().sql(
          `GRANT CONNECT ON DATABASE ${app.databaseName} TO PUBLIC`,
        );
        expect(await env.run([app])).toMatchObject({ outcome: 'done' });
        expect(await env.run([app], { mode: 'check' })).toMatchObject({
          outcome: 'done',
          changes: 0,
        });
      },
    );
  }

  itRuns.perVersion(
    'revokes CONNECT from PUBLIC again, whichever role granted it',
    async () => {
      // The server runs a REVOKE as any role that may revoke and has the master as member: one of two is not the owner.
      const env = on();
      const apps = ['lender', 'borrower'].map(name => named(name));
      for (const app of apps) env.putFor(app, 'secret');
      await env.run(apps);
      for (const [owner, other] of [apps, [...apps].reverse()]) {
        const login = { username: owner.username, password: 'secret' };
        for (const whom of [`${other.username} WITH GRANT OPTION`, 'PUBLIC']) {
          await instance().as(
            login,
            owner.databaseName,
            `GRANT CONNECT ON DATABASE ${owner.databaseName} TO ${whom}`,
          );
        }
      }
      expect(await env.run(apps)).toMatchObject({
        outcome: 'done',
        changes: 2,
      });
    },
  );

  itRuns.once(
    'ignores sessions in template1, and the same lock in another database',
    async () => {
      const inTemplate = await instance().connectAsSuperuser('template1');
      const elsewhere = await instance().connectAsSuperuser('backstage');
      try {
        await elsewhere.query(
          'SELECT pg_advisory_lock(1735355492, 1885434984)',
        );
        const env = on();
        const app = named('minds');
        env.putFor(app, 'secret');
        const { outcome, events } = await env.run([app]);
        expect(outcome).toBe('done');
        expect(events.map(({ type }) => type)).not.toContain('waiting');
      } finally {
        await inTemplate.end();
        await elsewhere.end();
      }
    },
  );

  itRuns.perVersion(
    'reads the mark from the role, whose comment a tenant can not change, not from the database',
    async () => {
      const { env, app } = await converged('comments');
      const login = { username: app.username, password: 'secret' };
      await instance().as(
        login,
        app.databaseName,
        `COMMENT ON DATABASE ${app.databaseName} IS 'Managed by goldenpath-rds: secret x, version y'`,
      );
      await expect(
        instance().as(
          login,
          app.databaseName,
          `COMMENT ON ROLE ${app.username} IS NULL`,
        ),
      ).rejects.toThrow(/permission denied|must have/);
      expect(await env.run([app])).toMatchObject({
        outcome: 'done',
        changes: 0,
      });
    },
  );
};
