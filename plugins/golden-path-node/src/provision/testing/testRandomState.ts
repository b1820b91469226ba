import type { PostgresVersion } from '@goldenpath/local-postgres';
import fc from 'fast-check';
import { findUntrueRows } from './auditTruth';
import { entry, environmentOn, Instance } from './instance';
import { Cast, randomStatements } from './randomState';
import { runStatements, Statement, tryStatements } from './runStatement';
import { settle } from './settle';

const PASSWORD = 'the right one';

/** Random states per version and master: the same few each time, or as many new ones as a search asks for. */
const { GOLDENPATH_RANDOM_STATES: SEARCH, GOLDENPATH_RANDOM_SEED: SEED } =
  process.env;
const RUNS = Number(SEARCH ?? 3);
const KNOWN_SEED = '1';

/** For any state, what the runs tell leads to one in which the app works and nobody else gets in. */
export const testRandomState = (
  version: PostgresVersion,
  instance: () => Instance,
) => {
  it.each(['master', 'superuser'] as const)(
    'is repaired, or told with statements that repair it, as %s',
    async runAs => {
      const env = environmentOn(instance(), instance()[runAs]);
      let count = 0;
      await fc.assert(
        fc.asyncProperty(randomStatements(version), async draws => {
          count += 1;
          const app = entry(`s${count}${runAs[0]}`);
          const neighbour = entry(`${app.key}_n`);
          const cast: Cast = {
            app: app.username,
            database: app.databaseName,
            neighbour: neighbour.username,
            neighbourDatabase: neighbour.databaseName,
            anna: `${app.databaseName}_anna`,
            bert: `${app.databaseName}_bert`,
            group: `${app.databaseName}_group`,
            crowd: `${app.databaseName}_crowd`,
            master: instance()[runAs].username,
          };
          for (const one of [app, neighbour]) env.putFor(one, PASSWORD);
          try {
            await env.run([app, neighbour]);
            await runStatements(instance(), casting(cast));
            const statements = draws.map(draw => draw(cast));
            const refused = await tryStatements(instance(), statements);
            const legal = statements.filter(
              ({ sql }) => !refused.some(one => one.sql === sql),
            );
            await expectToSettle(instance(), env, app, cast).catch(error => {
              throw new Error(
                `After:\n${legal.map(print).join('\n')}\n${error.message}`,
              );
            });
          } finally {
            await remove(instance(), cast);
          }
        }),
        {
          numRuns: RUNS,
          ...(SEED === undefined && SEARCH !== undefined
            ? {}
            : { seed: Number(SEED ?? KNOWN_SEED) }),
          endOnFailure: SEARCH === undefined,
        },
      );
    },
  );
};

const print = ({ as = 'superuser', database = 'postgres', sql }: Statement) =>
  `  ${as} in ${database}: ${sql};`;

const casting = ({
  app,
  database,
  anna,
  bert,
  group,
  crowd,
  master,
}: Cast): Statement[] => [
  { sql: `CREATE ROLE ${anna} LOGIN PASSWORD '${PASSWORD}'` },
  { sql: `CREATE ROLE ${bert} LOGIN PASSWORD '${PASSWORD}'`, as: master },
  { sql: `CREATE ROLE ${group}`, as: master },
  { sql: `CREATE ROLE ${crowd}` },
  {
    sql: `CREATE SCHEMA extra; CREATE TABLE extra.rows (id int); CREATE FUNCTION extra.one() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    as: app,
    database,
  },
];

const expectToSettle = async (
  instance: Instance,
  env: ReturnType<typeof environmentOn>,
  app: ReturnType<typeof entry>,
  cast: Cast,
) => {
  const from = env.rows.length;
  await settle(instance, env, [app], { adopt: true });
  expect(await findUntrueRows(instance, env.rows.slice(from), [app])).toEqual(
    [],
  );
  const login = (username: string) => ({ username, password: PASSWORD });
  await expectToCreate(instance, login(cast.app), cast.database);
  for (const other of [cast.anna, cast.bert, cast.neighbour]) {
    await expect(
      instance.as(login(other), cast.database, 'SELECT 1'),
    ).rejects.toThrow('permission denied for database');
    await expect(
      instance.as(login(other), 'postgres', `SET ROLE ${cast.app}`),
    ).rejects.toThrow('permission denied to set role');
  }
};

/** An app without schema public names another one. */
const expectToCreate = async (
  instance: Instance,
  login: Parameters<Instance['as']>[0],
  database: string,
) => {
  const [{ schema }] = await instance.as(
    login,
    database,
    `SELECT quote_ident(coalesce(current_schema(), (
       SELECT nspname FROM pg_namespace
        WHERE has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE')
          AND nspname !~ '^pg_' LIMIT 1)::text)) AS schema`,
  );
  const table = `${schema}.mine`;
  await instance.as(
    login,
    database,
    `CREATE TABLE ${table} (id int); INSERT INTO ${table} VALUES (1); DROP TABLE ${table}`,
  );
};

/** Each state begins from nothing, so that it can be shrunk. */
const remove = async (
  instance: Instance,
  {
    app,
    database,
    anna,
    bert,
    group,
    crowd,
    neighbour,
    neighbourDatabase,
  }: Cast,
) => {
  const roles = [app, anna, bert, group, crowd, neighbour].join(', ');
  await runStatements(instance, [
    { sql: `ALTER DATABASE ${database} IS_TEMPLATE false` },
    { sql: `DROP DATABASE ${database} WITH (FORCE)` },
    { sql: `DROP DATABASE ${neighbourDatabase} WITH (FORCE)` },
    { sql: `DROP OWNED BY ${roles} CASCADE` },
    { sql: `DROP ROLE ${roles}` },
  ]);
};
