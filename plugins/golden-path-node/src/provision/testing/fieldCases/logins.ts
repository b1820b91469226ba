import { CaseNames, FieldCase, sql, sqlOf } from './fieldCase';

const TRIGGER_MADE = [
  'CREATE TABLE public.logins (at timestamptz)',
  'GRANT ALL ON public.logins TO PUBLIC',
];
/** PostgreSQL's own example, whose body is another here. */
const onLogin = (database: string, body: string) => [
  ...sqlOf(
    undefined,
    database,
    `CREATE FUNCTION public.on_login() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`,
    'CREATE EVENT TRIGGER on_login ON login EXECUTE FUNCTION public.on_login()',
    'ALTER EVENT TRIGGER on_login ENABLE ALWAYS',
  ),
];
const offLogin = (database: string) =>
  sqlOf(
    undefined,
    database,
    'DROP EVENT TRIGGER on_login',
    'DROP FUNCTION public.on_login()',
    'DROP TABLE IF EXISTS public.logins',
  );
const isClean: Partial<FieldCase> = {
  check: { exit: 0, words: [/No drift/] },
  strict: { exit: 0 },
  apply: { exit: 0 },
};
/** Settings that the master meets in every session of its own. */
const ofMaster = (...settings: string[]): Partial<FieldCase> => ({
  arrange: ({ master }: CaseNames) =>
    sql(...settings.map(text => `ALTER ROLE ${master} SET ${text}`)),
  undo: ({ master }: CaseNames) => sql(`ALTER ROLE ${master} RESET ALL`),
});

/** Row 4: the probe changes nothing and needs nothing. */
export const PROBES: FieldCase[] = [
  {
    row: 4,
    source: "PostgreSQL's example of a login event trigger",
    input: "a trigger INSERTs at login to the app's database",
    since: 17,
    arrange: ({ database }) => [
      ...sqlOf(undefined, database, ...TRIGGER_MADE),
      ...onLogin(database, 'INSERT INTO public.logins VALUES (now());'),
    ],
    undo: ({ database }) => offLogin(database),
    check: { exit: 0 },
    apply: { exit: 0 },
    settles: false,
  },
  {
    row: 4,
    source: 'aiven-extras #60',
    input: 'a trigger INSERTs at login to postgres',
    since: 17,
    arrange: () => [
      ...sqlOf(undefined, 'postgres', ...TRIGGER_MADE),
      ...onLogin('postgres', 'INSERT INTO public.logins VALUES (now());'),
    ],
    undo: () => offLogin('postgres'),
    ...isClean,
  },
  {
    row: 4,
    source: 'kind',
    input: 'triggers that warn, and change the session',
    since: 17,
    arrange: ({ database }) => [
      ...onLogin(
        'postgres',
        `RAISE WARNING 'welcome'; PERFORM set_config('search_path', 'nowhere', false), set_config('lock_timeout', '1', false);`,
      ),
      ...onLogin(
        database,
        `RAISE WARNING 'welcome'; SET client_min_messages = 'debug1';`,
      ),
    ],
    undo: ({ database }) => [...offLogin('postgres'), ...offLogin(database)],
    ...isClean,
  },
  {
    row: 4,
    source: 'kind',
    input: 'a trigger that keeps the app out',
    since: 17,
    arrange: ({ database, role }) =>
      onLogin(
        database,
        `IF session_user = '${role}' THEN RAISE EXCEPTION 'come back tomorrow'; END IF;`,
      ),
    undo: ({ database }) => offLogin(database),
    check: { exit: 2, words: [/come back tomorrow/] },
    apply: { exit: 1, words: [/come back tomorrow/] },
    settles: false,
  },
  {
    row: 4,
    source: 'kind',
    input: 'settings of the master that would break every query',
    arrange: () => [],
    ...ofMaster(
      'default_transaction_read_only = on',
      'statement_timeout = 1',
      'search_path = nowhere',
      'idle_session_timeout = 1000',
      'client_min_messages = debug1',
      `default_transaction_isolation = 'serializable'`,
      `DateStyle = 'German'`,
      `bytea_output = 'escape'`,
      'standard_conforming_strings = off',
    ),
    ...isClean,
  },
  {
    row: 4,
    source: 'kind',
    input: 'the master becomes another role at login',
    arrange: ({ master, other }) =>
      sql(
        `CREATE ROLE ${other('z')}`,
        `GRANT ${other('z')} TO ${master}`,
        `ALTER ROLE ${master} SET role = '${other('z')}'`,
      ),
    undo: ({ master }) => sql(`ALTER ROLE ${master} RESET ALL`),
    ...isClean,
  },
];

/** Row 8: the way in through `postgres`. */
export const WAYS_IN: FieldCase[] = [
  {
    row: 8,
    source: 'ansible #44978',
    input: 'no database postgres',
    arrange: ({ database, other }) =>
      sqlOf(
        undefined,
        database,
        `ALTER DATABASE postgres RENAME TO ${other('x')}`,
      ),
    undo: ({ database, other }) =>
      sqlOf(
        undefined,
        database,
        `ALTER DATABASE ${other('x')} RENAME TO postgres`,
      ),
    check: {
      exit: 1,
      words: [/database "?postgres"?/, /CREATE DATABASE|create/i],
    },
    apply: { exit: 1, words: [/database "?postgres"?/] },
    settles: false,
  },
  {
    row: 8,
    source: 'efcore.pg #2477',
    input: 'the master may not enter it',
    runAs: 'master',
    arrange: () => sql('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'),
    undo: () => sql('GRANT CONNECT ON DATABASE postgres TO PUBLIC'),
    check: { exit: 1, words: [/GRANT CONNECT ON DATABASE/] },
    apply: { exit: 1, words: [/GRANT CONNECT ON DATABASE/] },
    settles: false,
  },
  {
    row: 8,
    source: 'kind',
    input: 'postgres has no room for the master',
    runAs: 'master',
    arrange: () => sql('ALTER DATABASE postgres CONNECTION LIMIT 0'),
    undo: () => sql('ALTER DATABASE postgres CONNECTION LIMIT -1'),
    check: { exit: 1, words: [/CONNECTION LIMIT .*database postgres/] },
    apply: { exit: 1, words: [/CONNECTION LIMIT .*database postgres/] },
    settles: false,
  },
  {
    row: 8,
    source: 'kind',
    input: 'the master may not log in',
    runAs: 'master',
    arrange: ({ master }) => sql(`ALTER ROLE ${master} NOLOGIN`),
    undo: ({ master }) => sql(`ALTER ROLE ${master} LOGIN`),
    check: { exit: 1, words: [/ALTER ROLE .* LOGIN/] },
    settles: false,
  },
  {
    row: 8,
    source: 'kind',
    input: 'the superuser needs no grant',
    runAs: 'superuser',
    arrange: () =>
      sql(
        'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC',
        'ALTER DATABASE postgres CONNECTION LIMIT 0',
      ),
    undo: () =>
      sql(
        'GRANT CONNECT ON DATABASE postgres TO PUBLIC',
        'ALTER DATABASE postgres CONNECTION LIMIT -1',
      ),
    ...isClean,
  },
];

/** Row 9: limits of the master's own. */
export const MASTER_LIMITS: FieldCase[] = [
  ...[1, 2, 4].map(
    (limit): FieldCase => ({
      row: 9,
      source: limit === 4 ? 'supabase #43855' : 'kind',
      input: `the master's limit is ${limit}`,
      runAs: 'master',
      isNew: true,
      options: { concurrency: 6 },
      arrange: ({ master }) =>
        sql(`ALTER ROLE ${master} CONNECTION LIMIT ${limit}`),
      undo: ({ master }) => sql(`ALTER ROLE ${master} CONNECTION LIMIT -1`),
      mayNameConcurrency: limit > 1,
      apply: {
        exit: limit > 1 ? 0 : 1,
        words: limit > 1 ? [] : [/CONNECTION LIMIT 1/],
        never: [/raise max_connections/i],
      },
      settles: false,
    }),
  ),
  {
    row: 9,
    source: 'supabase #43855',
    input: "postgres's limit is 3",
    runAs: 'master',
    isNew: true,
    options: { concurrency: 6 },
    arrange: () => sql('ALTER DATABASE postgres CONNECTION LIMIT 3'),
    undo: () => sql('ALTER DATABASE postgres CONNECTION LIMIT -1'),
    mayNameConcurrency: true,
    apply: { exit: 0, never: [/raise max_connections/i] },
    settles: false,
  },
  {
    row: 9,
    source: 'kind',
    input: 'the limits are not for a superuser',
    runAs: 'superuser',
    isNew: true,
    options: { concurrency: 6 },
    arrange: () => sql('ALTER DATABASE postgres CONNECTION LIMIT 1'),
    undo: () => sql('ALTER DATABASE postgres CONNECTION LIMIT -1'),
    apply: { exit: 0 },
  },
];
