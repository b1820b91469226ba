import type { PostgresVersion } from '@goldenpath/local-postgres';
import type { PrintedPlan, ProvisionEvent } from '../decide/events';
import type { Context } from './context';

const PASSWORD = 'secret';

interface Names {
  role: string;
  database: string;
  other: string;
  third: string;
  master: string;
}

interface Case {
  /** The row of CASES, or where the case was seen. */
  source: string;
  since?: PostgresVersion;
  /** Run by the superuser, or by the role named. */
  arrange(
    names: Names,
  ): Array<string | { as?: string; in?: string; sql: string }>;
  /** Words of the finding. */
  words: RegExp;
  drifts: 'always' | 'strict' | 'never';
  /** Only a check looks inside. */
  isInside?: boolean;
  undo?(names: Names): string[];
}

const CASES: Case[] = [
  {
    source: 'CASES 6, autobase #1430',
    arrange: ({ database }) => [
      `ALTER DATABASE ${database} SET default_transaction_read_only = on`,
    ],
    words: /has the setting default_transaction_read_only = on/,
    drifts: 'always',
  },
  {
    source: 'CASES 6, terraform-provider-postgresql #609: role in database',
    arrange: ({ role, database }) => [
      `ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = on`,
    ],
    words: /Role \S+ in database \S+ has the setting/,
    drifts: 'always',
  },
  {
    source: 'a parameter that only superusers set (docs, ALTER ROLE)',
    arrange: ({ role }) => [`ALTER ROLE ${role} SET log_statement = 'none'`],
    words: /log_statement = none, not declared/,
    drifts: 'never',
  },
  {
    source: 'a tablespace is closed to the app',
    arrange: ({ role }) => [
      `ALTER ROLE ${role} SET default_tablespace = 'pg_global'`,
    ],
    words: /default_tablespace/,
    drifts: 'always',
  },
  {
    source: 'a parameter of its own, with a dot in its name',
    arrange: ({ database }) => [
      `ALTER DATABASE ${database} SET app.token = 'hunter2'`,
    ],
    words: /app\.token, not declared/,
    drifts: 'never',
  },
  {
    source:
      'CASES 11, terraform-provider-postgresql #609: a person is a member',
    arrange: ({ role, other, master }) => [
      { as: master, sql: `GRANT ${role} TO ${other}` },
    ],
    words: /Role \S+ is a member of/,
    drifts: 'strict',
  },
  {
    source:
      'a superuser granted the owner role WITH ADMIN OPTION, and the member granted it on',
    arrange: ({ role, other, third }) => [
      `GRANT ${role} TO ${other} WITH ADMIN OPTION`,
      { as: other, sql: `GRANT ${role} TO ${third}` },
    ],
    words: /with ADMIN OPTION\.( It granted this to third)?/,
    drifts: 'strict',
  },
  {
    source: 'a member without INHERIT and SET (docs, GRANT)',
    since: 16,
    arrange: ({ role, other }) => [
      `GRANT ${role} TO ${other} WITH INHERIT FALSE, SET FALSE`,
    ],
    words: /is a member of/,
    drifts: 'never',
  },
  {
    source: 'CASES 11, crossplane provider-sql #189: a neighbour has CONNECT',
    arrange: ({ role, other, database }) => [
      { as: role, sql: `GRANT CONNECT ON DATABASE ${database} TO ${other}` },
    ],
    words: /has CONNECT on database/,
    drifts: 'strict',
  },
  {
    source: 'the neighbour granted CONNECT on, by name',
    arrange: ({ role, other, third, database }) => [
      {
        as: role,
        sql: `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${other} WITH GRANT OPTION`,
      },
      { as: other, sql: `GRANT CONNECT ON DATABASE ${database} TO ${third}` },
    ],
    words: /has CONNECT, TEMPORARY on database/,
    drifts: 'strict',
  },
  {
    source:
      'CASES 6, terraform-provider-postgresql #609: a search_path without a schema',
    arrange: ({ role }) => [`ALTER ROLE ${role} SET search_path = nowhere`],
    words: /search_path = nowhere: \S+ can create nothing/,
    drifts: 'always',
  },
  {
    source: 'a search_path of schemas in which the app may not create',
    arrange: ({ role, other, database }) => [
      { in: database, sql: `CREATE SCHEMA theirs AUTHORIZATION ${other}` },
      `ALTER ROLE ${role} IN DATABASE ${database} SET search_path = theirs, pg_catalog`,
    ],
    words: /search_path = theirs, pg_catalog: \S+ can create nothing/,
    drifts: 'always',
  },
  {
    source: 'a search_path of the app, with a schema of its own',
    arrange: ({ role, database }) => [
      { as: role, in: database, sql: 'CREATE SCHEMA mine' },
      `ALTER DATABASE ${database} SET search_path = nowhere, mine`,
    ],
    words: /search_path = nowhere, mine, not declared/,
    drifts: 'never',
  },
  {
    source: 'the owner lost USAGE on schema public (docs, 5.9)',
    arrange: ({ database }) => [
      {
        in: database,
        sql: 'REVOKE USAGE ON SCHEMA public FROM pg_database_owner, PUBLIC',
      },
    ],
    words: /lacks USAGE or CREATE on schema public/,
    drifts: 'always',
    isInside: true,
  },
  {
    source: 'no schema is left',
    arrange: ({ role, database }) => [
      { as: role, in: database, sql: 'DROP SCHEMA public' },
    ],
    words: /can create nothing: there is no schema public/,
    drifts: 'always',
    isInside: true,
  },
  {
    source:
      'default privileges give everything to PUBLIC (docs, ALTER DEFAULT PRIVILEGES)',
    arrange: ({ role, database }) => [
      {
        as: role,
        in: database,
        sql: 'ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO PUBLIC',
      },
    ],
    words: /give INSERT, SELECT on TABLES to PUBLIC/,
    drifts: 'strict',
    isInside: true,
  },
  {
    source: 'default privileges in one schema',
    arrange: ({ role, other, database }) => [
      {
        as: role,
        in: database,
        sql: `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO ${other}; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO ${other}`,
      },
    ],
    words:
      /in schema public for what \S+ creates give EXECUTE on FUNCTIONS to other/,
    drifts: 'strict',
    isInside: true,
  },
  {
    source: 'default privileges that only take from PUBLIC',
    arrange: ({ role, database }) => [
      {
        as: role,
        in: database,
        sql: 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
      },
    ],
    words: /^$/,
    drifts: 'never',
    isInside: true,
  },
  {
    source: 'default privileges that withhold its own tables from the app',
    arrange: ({ role, database }) => [
      {
        as: role,
        in: database,
        sql: `ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM ${role}`,
      },
    ],
    words: /withhold SELECT on TABLES/,
    drifts: 'always',
    isInside: true,
  },
  {
    source: 'default privileges of another role',
    arrange: ({ other, third, database }) => [
      {
        in: database,
        sql: `ALTER DEFAULT PRIVILEGES FOR ROLE ${other} GRANT SELECT ON TABLES TO ${third}`,
      },
    ],
    words: /for what other/,
    drifts: 'never',
    isInside: true,
  },
  {
    source: 'a superuser has CONNECT by name',
    arrange: ({ other, database }) => [
      `ALTER ROLE ${other} SUPERUSER`,
      `GRANT CONNECT ON DATABASE ${database} TO ${other}`,
    ],
    words: /has CONNECT on database/,
    drifts: 'never',
    undo: ({ other }) => [`ALTER ROLE ${other} NOSUPERUSER`],
  },
];

/** What entries don't declare is named with a statement that removes it, run by the role that it names. */
export const testUndeclaredState = (
  { runAs, instance, on, named, itRuns }: Context,
  version: PostgresVersion,
) => {
  const runAsRole = async (role: string, database: string, sql: string) =>
    instance().as(
      instance().superuser,
      database,
      `SET SESSION AUTHORIZATION "${role}"; SET default_transaction_read_only = off; ${sql}`,
    );

  itRuns.once.each(
    CASES.filter(({ since = 15 }) => version >= since).map((one, index) => ({
      ...one,
      index,
    })),
  )(
    'names what undoes it: $source',
    async ({ arrange, words, drifts, isInside, undo, index }) => {
      const app = named(`undeclared${index}`);
      const names: Names = {
        role: app.username,
        database: app.databaseName,
        other: `other${index}_of_${runAs}`,
        third: `third${index}_of_${runAs}`,
        master: instance()[runAs].username,
      };
      const env = on();
      env.putFor(app, PASSWORD);
      await env.run([app]);
      await instance().sql(`CREATE ROLE ${names.other}`);
      await instance().sql(`CREATE ROLE ${names.third}`);
      for (const step of arrange(names)) {
        if (typeof step === 'string') await instance().sql(step);
        else
          await runAsRole(
            step.as ?? instance().superuser.username,
            step.in ?? 'postgres',
            step.sql,
          );
      }
      const before = await env.run([app], { mode: 'check', strict: true });
      expect(before.outcome).toBe(drifts === 'never' ? 'done' : 'drift');
      const loose = await env.run([app], { mode: 'check' });
      expect(loose.outcome).toBe(drifts === 'always' ? 'drift' : 'done');
      expect(await env.run([app])).toMatchObject({
        outcome: drifts === 'always' && !isInside ? 'failed' : 'done',
        changes: 0,
      });
      const plan = planOf(before.events);
      expect([...plan.findings, ...plan.told].join('\n')).toMatch(words);
      expect(JSON.stringify(before.events)).not.toContain('hunter2');

      for (const { role, database, sql } of plan.remedies)
        await runAsRole(role, database, sql);
      const after = await env.run([app], { mode: 'check', strict: true });
      const { findings, told } = planOf(after.events);
      // Objects of another role stay where they are.
      expect([
        ...findings,
        ...told.filter(text => !text.includes('another role')),
      ]).toEqual([]);
      for (const sql of undo?.(names) ?? []) await instance().sql(sql);
    },
  );
};

const planOf = (events: readonly ProvisionEvent[]): PrintedPlan =>
  events.flatMap(event => (event.type === 'plan' ? event.databases : []))[0];
