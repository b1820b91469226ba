import { parseDeclared } from '@goldenpath/plugin-golden-path-common';
import { EXAMPLE_DATABASE } from '../../../../../tests/support/exampleDatabase';
import type { Context } from './context';
import { entry } from './instance';

/** Names with a meaning in SQL, libpq or PostgreSQL's files. Declared entries may have all of them. CASES 20. */
const ROWS: Array<{ databaseName: string; username: string; source: string }> =
  [
    ...(
      [
        ['select', 'table'],
        ['order', 'grant'],
        ['default', 'user'],
        ['null', 'true'],
        ['current_database', 'analyze'],
      ] as const
    ).map(([databaseName, username]) => ({
      databaseName,
      username,
      source: 'SQL: reserved words (postgresql.org, appendix C)',
    })),
    ...(
      [
        ['current_user', 'current_role'],
        ['session_user', 'current_user'],
        ['system_user', 'session_user'],
      ] as const
    ).map(([databaseName, username]) => ({
      databaseName,
      username,
      source: 'SQL: the role itself where it is not quoted',
    })),
    ...(
      [
        ['all', 'all'],
        ['sameuser', 'samerole'],
        ['replication', 'replication'],
      ] as const
    ).map(([databaseName, username]) => ({
      databaseName,
      username,
      source: 'pg_hba.conf: keywords; libpq: an option',
    })),
    {
      databaseName: 'constructor',
      username: 'constructor',
      source: 'a member of JavaScript’s objects, of which answers are made',
    },
    {
      databaseName: `d${'_'.repeat(62)}`,
      username: `u${'_'.repeat(30)}`,
      source: 'PostgreSQL: NAMEDATALEN, the longest names',
    },
    {
      databaseName: 'users_clone_db',
      username: 'users_clone',
      source: 'rotation: declared before such names were refused',
    },
  ];

/** Roles and databases may be named as words of SQL: every statement has them in quotes. */
export const testNamesOfSql = ({
  instance,
  on,
  itRuns,
}: Pick<Context, 'instance' | 'on' | 'itRuns'>) => {
  itRuns.once(
    'creates roles and databases that are named as words of SQL, and no others',
    async () => {
      const env = on();
      const entries = ROWS.map(({ databaseName, username }) =>
        entry(databaseName, { username }),
      );
      for (const one of entries) {
        const { databaseName, username } = one;
        expect(
          parseDeclared({ ...EXAMPLE_DATABASE, databaseName, username }),
        ).toHaveProperty('declared');
        env.putFor(one, `pass of ${username}`);
      }
      const namesOf = async (query: string) =>
        (await instance().sql(query)).map(({ name }) => name as string);
      const roles = () => namesOf('SELECT rolname AS name FROM pg_roles');
      const databases = () =>
        namesOf('SELECT datname AS name FROM pg_database');
      const before = [...(await roles()), ...(await databases())];

      expect(await env.run(entries)).toMatchObject({ outcome: 'done' });

      expect([...(await roles()), ...(await databases())].sort()).toEqual(
        [
          ...before,
          ...ROWS.map(({ username }) => username),
          ...ROWS.map(({ databaseName }) => databaseName),
        ].sort(),
      );
      for (const { databaseName, username } of ROWS)
        expect(
          await instance().as(
            { username, password: `pass of ${username}` },
            databaseName,
            'CREATE TABLE "table" (id int)',
          ),
        ).toEqual([]);
      expect(await env.run(entries)).toMatchObject({
        outcome: 'done',
        changes: 0,
      });
      expect(await env.run(entries, { mode: 'check' })).toMatchObject({
        outcome: 'done',
        changes: 0,
      });
    },
  );
};
