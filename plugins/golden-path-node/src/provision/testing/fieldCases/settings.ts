import { CaseNames, FieldCase, sql, sqlOf } from './fieldCase';

const setting = (
  input: string,
  statement: (names: CaseNames) => string,
  more: Partial<FieldCase> = {},
): FieldCase => ({
  row: 6,
  source: 'kind',
  input,
  arrange: names => sql(statement(names)),
  check: { exit: 2, never: [/^No drift/m] },
  apply: { exit: 1 },
  ...more,
});

const isTold = (words: RegExp): Partial<FieldCase> => ({
  check: { exit: 0, words: [words] },
  strict: { exit: 0, words: [words] },
  apply: { exit: 0 },
});

/** Row 6: settings of role and database. */
export const SETTINGS: FieldCase[] = [
  setting(
    'the database is read-only by default',
    ({ database }) =>
      `ALTER DATABASE ${database} SET default_transaction_read_only = on`,
    {
      source: 'autobase #1430',
      check: { exit: 2, words: [/default_transaction_read_only/, /RESET/] },
    },
  ),
  setting(
    'statement_timeout of the role is 1 ms',
    ({ role }) => `ALTER ROLE ${role} SET statement_timeout = '1ms'`,
    {
      source: 'terraform-provider-postgresql #609',
      check: { exit: 2, words: [/statement_timeout/] },
    },
  ),
  setting(
    'the role becomes another by default',
    ({ role }) => `ALTER ROLE ${role} SET role = 'pg_monitor'`,
    {
      source: 'terraform-provider-postgresql #609',
      arrange: ({ role }) => sql(`ALTER ROLE ${role} SET role = 'pg_monitor'`),
      // The server warns at login and the app goes on as itself, so this may be told as either.
      check: undefined,
      apply: undefined,
    },
  ),
  setting(
    'search_path of the role names no schema that exists',
    ({ role }) => `ALTER ROLE ${role} SET search_path = nowhere`,
    {
      source: 'terraform-provider-postgresql #609',
      check: { exit: 2, words: [/search_path/] },
    },
  ),
  setting(
    'search_path is empty',
    ({ database }) => `ALTER DATABASE ${database} SET search_path = ''`,
    { check: { exit: 2, words: [/search_path/] } },
  ),
  setting(
    'the role is read-only in this database alone',
    ({ role, database }) =>
      `ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = on`,
    {
      check: {
        exit: 2,
        words: [/IN DATABASE/, /default_transaction_read_only/],
      },
    },
  ),
  setting(
    'every role is read-only in this database',
    ({ database }) =>
      `ALTER ROLE ALL IN DATABASE ${database} SET default_transaction_read_only = on`,
    { check: { exit: 2, words: [/default_transaction_read_only/] } },
  ),
  setting(
    'transaction_timeout of the database is half a second',
    ({ database }) =>
      `ALTER DATABASE ${database} SET transaction_timeout = '500ms'`,
    { since: 17, check: { exit: 2, words: [/transaction_timeout/] } },
  ),
  setting(
    'idle sessions end after half a second',
    ({ role }) => `ALTER ROLE ${role} SET idle_session_timeout = '500ms'`,
    { check: { exit: 2, words: [/idle_session_timeout/] } },
  ),
  setting(
    'a library that does not exist is loaded',
    ({ database }) =>
      `ALTER DATABASE ${database} SET session_preload_libraries = 'no_such_library'`,
    {
      check: { exit: 2, words: [/session_preload_libraries|no_such_library/] },
    },
  ),
  setting(
    'a library that does not exist is loaded, and the database is adopted',
    ({ database }) =>
      `ALTER DATABASE ${database} SET session_preload_libraries = 'no_such_library'`,
    {
      options: { adopt: true },
      check: { exit: 2, words: [/RESET session_preload_libraries/] },
    },
  ),
  setting(
    'work_mem of the role is another',
    ({ role }) => `ALTER ROLE ${role} SET work_mem = '64MB'`,
    isTold(/work_mem/),
  ),
  setting(
    'statement_timeout of the database is 30 s',
    ({ database }) =>
      `ALTER DATABASE ${database} SET statement_timeout = '30s'`,
    isTold(/statement_timeout/),
  ),
  setting("search_path is the app's own schema", () => '', {
    arrange: ({ role, database }) => [
      ...sqlOf(role, database, 'CREATE SCHEMA app'),
      ...sql(
        `ALTER ROLE ${role} IN DATABASE ${database} SET search_path = app, public`,
      ),
    ],
    ...isTold(/search_path/),
  }),
  setting(
    'a role setting that breaks is overruled by a harmless one in this database',
    () => '',
    {
      arrange: ({ role, database }) =>
        sql(
          `ALTER ROLE ${role} SET default_transaction_read_only = on`,
          `ALTER ROLE ${role} IN DATABASE ${database} SET default_transaction_read_only = off`,
        ),
      ...isTold(/default_transaction_read_only/),
    },
  ),
];
