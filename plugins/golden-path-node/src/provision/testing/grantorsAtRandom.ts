import fc from 'fast-check';
import type { Context } from './context';
import { runStatements, tryStatements } from './runStatement';

const PASSWORD = 'the right one';
const ROUNDS = 3;

interface Cast {
  app: string;
  other: string;
  b: string;
  c: string;
  group: string;
  runner: string;
  superuser: string;
}
type Part = keyof Cast;

const GRANTORS = ['app', 'other', 'b', 'c', 'runner'] as const;

/** A statement about grants or memberships. The server rejects many of them. */
const statements = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        as: fc.constantFrom<Part[]>(...GRANTORS),
        privilege: fc.constantFrom('CONNECT', 'TEMPORARY', 'CREATE'),
        to: fc.constantFrom<Array<Part | 'PUBLIC'>>('PUBLIC', ...GRANTORS),
        isLent: fc.boolean(),
        isRevoked: fc.nat(4).map(n => n === 0),
      })
      .map(
        ({ as, privilege, to, isLent, isRevoked }) =>
          (cast: Cast, database: string) => ({
            as: cast[as],
            sql: isRevoked
              ? `REVOKE ${privilege} ON DATABASE ${database} FROM ${
                  to === 'PUBLIC' ? to : cast[to]
                }`
              : `GRANT ${privilege} ON DATABASE ${database} TO ${
                  to === 'PUBLIC' ? to : cast[to]
                }${isLent && to !== 'PUBLIC' ? ' WITH GRANT OPTION' : ''}`,
          }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        as: fc.constantFrom<Part[]>(...GRANTORS, 'superuser'),
        of: fc.constantFrom<Part[]>('group', 'app', 'other', 'b'),
        to: fc.constantFrom<Part[]>(...GRANTORS),
        isAdmin: fc.boolean(),
        isRevoked: fc.nat(4).map(n => n === 0),
      })
      .map(({ as, of, to, isAdmin, isRevoked }) => (cast: Cast) => ({
        as: cast[as],
        sql: isRevoked
          ? `REVOKE ${cast[of]} FROM ${cast[to]}`
          : `GRANT ${cast[of]} TO ${cast[to]}${
              isAdmin ? ' WITH ADMIN OPTION' : ''
            }`,
      })),
  },
);

/** Grants and memberships by anybody: repaired, or named with the statements that repair them. */
export const testGrantorsAtRandom = ({
  runAs,
  instance,
  on,
  named,
  itRuns,
}: Context) => {
  itRuns.onlyInMatrix(
    'ends grants and memberships of any grantor',
    async () => {
      const [app, other] = ['anyone', 'another'].map(name => named(name));
      const env = on();
      for (const one of [app, other]) env.putFor(one, PASSWORD);
      const entries = [app, other];
      await env.run(entries);
      const cast: Cast = {
        app: app.username,
        other: other.username,
        b: `any_b_${runAs}`,
        c: `any_c_${runAs}`,
        group: `any_group_${runAs}`,
        runner: instance()[runAs].username,
        superuser: instance().superuser.username,
      };
      await runStatements(instance(), [
        { sql: `CREATE ROLE ${cast.b}; CREATE ROLE ${cast.c}` },
        { as: cast.runner, sql: `CREATE ROLE ${cast.group}` },
      ]);
      await fc.assert(
        fc.asyncProperty(
          fc.array(statements, { minLength: 4, maxLength: 14 }),
          async made => {
            const tried = made.map(make => make(cast, app.databaseName));
            const refused = await tryStatements(instance(), tried);
            const told: unknown[] = [];
            for (let round = 1; ; round += 1) {
              const { outcome, rows } = await env.run(entries, {
                failFast: false,
              });
              const check = await env.run(entries, { mode: 'check' });
              if (outcome === 'done' && check.outcome === 'done') break;
              // What isn't drift may stay.
              const drift = check.databases.flatMap(one => one.problems).join();
              const remedies = check.events
                .flatMap(event =>
                  event.type === 'plan' ? event.databases : [],
                )
                .flatMap(one => one.remedies)
                .filter(({ sql }) => drift.includes(sql));
              const state = JSON.stringify(
                {
                  tried,
                  refused,
                  told,
                  remedies,
                  rows,
                  results: check.databases,
                },
                null,
                1,
              );
              // A change to one database can make another's repairable: the next run repairs it.
              const isPlanned = check.databases.some(one => one.changes > 0);
              if (round > ROUNDS || (remedies.length === 0 && !isPlanned))
                throw new Error(state);
              await runStatements(
                instance(),
                remedies.map(({ role, database, sql }) => ({
                  as: role,
                  database,
                  sql,
                })),
              ).catch(error => {
                throw new Error(`${error.message}\n${state}`);
              });
              told.push(...remedies);
            }
            expect(
              await leftOf(
                entries.map(one => one.username),
                app.databaseName,
              ),
            ).toEqual([{ open: 0, memberships: 0, owned: 3 }]);
          },
        ),
        { numRuns: 15, endOnFailure: true },
      );
    },
  );

  const leftOf = (roles: string[], database: string) =>
    instance().sql(
      `SELECT (SELECT count(*)::int FROM aclexplode(d.datacl) WHERE grantee = 0) AS open,
              (SELECT count(DISTINCT privilege_type)::int FROM aclexplode(d.datacl) WHERE grantee = d.datdba) AS owned,
              (SELECT count(*)::int FROM pg_auth_members WHERE member::regrole::text = ANY ($1::text[])) AS memberships
         FROM pg_database d WHERE d.datname = $2`,
      [roles, database],
    );
};
