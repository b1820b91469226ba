import type { Context } from './context';
import { entry, environmentOn } from './instance';

/** What app roles may not do to each other, and to the rest of the instance. */
export const testTenantIsolation = ({
  instance,
  itRuns,
}: Pick<Context, 'instance' | 'itRuns'>) => {
  itRuns.perVersion(
    'allows an app role only its own database, whichever master created it',
    async () => {
      const apps = await Promise.all(
        (['master', 'superuser'] as const).map(async runAs => {
          const made = ['left', 'right'].map(name =>
            entry(`${name}_of_${runAs}`),
          );
          const env = environmentOn(instance(), instance()[runAs]);
          for (const app of made) env.putFor(app, `secret of ${app.key}`);
          expect(await env.run(made)).toMatchObject({ outcome: 'done' });
          return made;
        }),
      ).then(made => made.flat());
      const { master, superuser, databases } = instance();

      for (const app of apps) {
        const login = {
          username: app.username,
          password: `secret of ${app.key}`,
        };
        const others = apps.filter(other => other !== app);
        const attempts = [
          ...[
            ...others.map(other => other.databaseName),
            ...Object.keys(databases),
          ].map(database => ({
            database,
            statement: 'SELECT 1',
            refusal: `permission denied for database "${database}"`,
          })),
          ...['postgres', 'template1'].flatMap(database =>
            [
              'CREATE SCHEMA mine',
              'CREATE TABLE mine (id int)',
              'CREATE TABLE public.mine (id int)',
            ].map(statement => ({
              database,
              statement,
              refusal: 'permission denied for',
            })),
          ),
          ...[...others, master, superuser, ...Object.values(databases)].map(
            ({ username }) => ({
              database: app.databaseName,
              statement: `SET ROLE ${username}`,
              refusal: `permission denied to set role "${username}"`,
            }),
          ),
          ...[
            {
              statement: `SELECT rolpassword FROM pg_authid`,
              refusal: 'permission denied for table pg_authid',
            },
            {
              statement: `SELECT passwd FROM pg_shadow`,
              refusal: 'permission denied for view pg_shadow',
            },
            {
              statement: `COMMENT ON ROLE ${app.username} IS 'Managed by nobody'`,
              refusal: /permission denied|must have/,
            },
            {
              statement: `ALTER ROLE ${others[0].username} PASSWORD 'x'`,
              refusal: /permission denied|must have/,
            },
            {
              statement: `CREATE ROLE mine`,
              refusal: 'permission denied to create role',
            },
            {
              statement: `CREATE DATABASE mine`,
              refusal: 'permission denied to create database',
            },
            {
              statement: `ALTER DATABASE ${others[0].databaseName} OWNER TO ${app.username}`,
              refusal: 'must be owner of database',
            },
          ].map(attempt => ({ database: app.databaseName, ...attempt })),
        ];
        for (const { database, statement, refusal } of attempts) {
          await expect(
            instance().as(login, database, statement),
          ).rejects.toThrow(refusal);
        }
        const [{ passwords }] = await instance().as(
          login,
          app.databaseName,
          `SELECT count(*)::int AS passwords FROM pg_roles WHERE rolpassword <> '********'`,
        );
        expect(passwords).toBe(0);
        await instance().as(
          login,
          app.databaseName,
          'CREATE TABLE mine (id int)',
        );
      }
    },
  );
};
