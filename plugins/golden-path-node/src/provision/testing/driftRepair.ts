import fc from 'fast-check';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { Context } from './context';

const PASSWORD = 'the right one';
const APPS = 6;

/** Drift of a role and its database, as statements run by the superuser. */
const driftOf = (
  { username, databaseName, key }: TfvarsEntry,
  master: string,
  group: string,
  version: number,
) => {
  const none = fc.constant<string[]>([]);
  const oneOf = (...statements: string[]) =>
    fc.oneof(none, ...statements.map(text => fc.constant([text])));
  const alter = (...options: string[]) =>
    oneOf(...options.map(option => `ALTER ROLE ${username} ${option}`));
  const mark = (secret: string) =>
    `COMMENT ON ROLE ${username} IS 'Managed by goldenpath-rds: secret ${secret}'`;
  return fc
    .tuple(
      alter('NOLOGIN'),
      alter('CREATEDB'),
      alter('CREATEROLE'),
      alter('CONNECTION LIMIT 1', 'CONNECTION LIMIT 50'),
      alter(
        `VALID UNTIL '2001-01-01'`,
        `VALID UNTIL '2100-01-01'`,
        `VALID UNTIL 'infinity'`,
      ),
      alter(`PASSWORD 'another'`, 'PASSWORD NULL'),
      oneOf(
        mark(`goldenpath/dev/${key}/postgres, version v0`),
        mark('goldenpath/prod/elsewhere/postgres, version v1'),
        `COMMENT ON ROLE ${username} IS NULL`,
        `COMMENT ON ROLE ${username} IS 'somebody else''s'`,
      ),
      oneOf(`GRANT ${group} TO ${username}`),
      // The master's own membership in the owner role.
      oneOf(
        version < 16
          ? `REVOKE ${username} FROM ${master}`
          : `REVOKE ${username} FROM ${master} GRANTED BY ${master}`,
      ),
      oneOf(`ALTER DATABASE ${databaseName} OWNER TO ${master}`),
      fc
        .subarray(['CONNECT', 'TEMPORARY', 'CREATE'])
        .map(privileges =>
          privileges.map(
            privilege =>
              `GRANT ${privilege} ON DATABASE ${databaseName} TO PUBLIC`,
          ),
        ),
      fc
        .subarray(['CONNECT', 'TEMPORARY', 'CREATE'])
        .map(privileges =>
          privileges.map(
            privilege =>
              `REVOKE ${privilege} ON DATABASE ${databaseName} FROM ${username}`,
          ),
        ),
    )
    .map(statements => statements.flat());
};

/** After an apply the plan is empty, on a real server. */
export const testDriftRepair = (
  { runAs, instance, on, named, itRuns }: Context,
  version: number,
) => {
  itRuns.once('plans nothing after an apply, for any drift', async () => {
    const master = instance()[runAs].username;
    const apps = Array.from({ length: APPS }, (_, n) => named(`drift${n}`));
    const env = on();
    for (const app of apps) env.putFor(app, PASSWORD);
    await instance().as(
      instance()[runAs],
      'postgres',
      `CREATE ROLE drift_group_${runAs}`,
    );
    await env.run(apps);
    const drifts = fc.tuple(
      ...apps.map(app => driftOf(app, master, `drift_group_${runAs}`, version)),
    );
    await fc.assert(
      fc.asyncProperty(drifts, async statements => {
        // Memberships are granted by the master: it must be their grantor.
        for (const statement of statements.flat()) {
          if (statement.startsWith(`GRANT drift_group`))
            await instance().as(instance()[runAs], 'postgres', statement);
          else await instance().sql(statement);
        }
        expect(await env.run(apps, { adopt: true })).toMatchObject({
          outcome: 'done',
        });
        const after = await env.run(apps, { mode: 'check', adopt: true });
        expect(after).toMatchObject({ outcome: 'done', changes: 0 });
        for (const { username, databaseName } of apps) {
          await instance().as(
            { username, password: PASSWORD },
            databaseName,
            'CREATE TEMPORARY TABLE mine (id int)',
          );
        }
      }),
      { numRuns: 8 },
    );
  });
};
