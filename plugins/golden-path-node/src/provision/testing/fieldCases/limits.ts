import { FieldCase, sql } from './fieldCase';

const NO_DRIFT = /^No drift/m;

/** Row 1: a limit keeps the app out. */
export const LIMITS: FieldCase[] = [
  {
    row: 1,
    source: 'supabase #43855',
    input: 'the limit of the database is 0',
    arrange: ({ database }) =>
      sql(`ALTER DATABASE ${database} CONNECTION LIMIT 0`),
    check: {
      exit: 2,
      words: [/connection limit/i, /ALTER DATABASE .* CONNECTION LIMIT/],
      never: [NO_DRIFT],
    },
    apply: { exit: 1, words: [/connection limit/i] },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the limit of the role is 0',
    arrange: ({ role }) => sql(`ALTER ROLE ${role} CONNECTION LIMIT 0`),
    check: { exit: 2, words: [/CONNECTION LIMIT -1/], never: [NO_DRIFT] },
    apply: { exit: 0 },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the limit of the database is 1 with a session open',
    sessions: 1,
    arrange: ({ database }) =>
      sql(`ALTER DATABASE ${database} CONNECTION LIMIT 1`),
    check: { exit: 2, words: [/connection limit/i], never: [NO_DRIFT] },
    apply: { exit: 1 },
  },
  {
    row: 1,
    source: 'supabase #43855',
    input: 'the limit of the role is 1 with a session open',
    sessions: 1,
    arrange: ({ role }) => sql(`ALTER ROLE ${role} CONNECTION LIMIT 1`),
    check: { exit: 2, words: [/CONNECTION LIMIT -1/], never: [NO_DRIFT] },
    apply: { exit: 0 },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the declared limit of the role is used up',
    declared: { connectionLimit: 1 },
    sessions: 1,
    arrange: () => [],
    check: { exit: 1, words: [/not checked/i], never: [NO_DRIFT, /Drift:/] },
    apply: { exit: 1, words: [/not checked/i] },
    settles: false,
  },
  {
    row: 1,
    source: 'kind',
    input: 'the database allows no connections',
    arrange: ({ database }) =>
      sql(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`),
    check: { exit: 2, words: [/ALLOW_CONNECTIONS/i], never: [NO_DRIFT] },
    apply: { exit: 1 },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the limit of the database leaves room',
    sessions: 1,
    arrange: ({ database }) =>
      sql(`ALTER DATABASE ${database} CONNECTION LIMIT 7`),
    check: { exit: 0, words: [/limit.*7|7.*limit/i] },
    strict: { exit: 0 },
    apply: { exit: 0 },
  },
  {
    row: 1,
    source: 'kind',
    input: 'a limit of 0 of the role and of the database, declared 5',
    declared: { connectionLimit: 5 },
    arrange: ({ database, role }) =>
      sql(
        `ALTER DATABASE ${database} CONNECTION LIMIT 0`,
        `ALTER ROLE ${role} CONNECTION LIMIT 0`,
      ),
    check: { exit: 2, words: [/CONNECTION LIMIT 5/] },
    apply: { exit: 1, words: [/ALTER DATABASE/] },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the role expired and the database is closed',
    arrange: ({ database, role }) =>
      sql(
        `ALTER ROLE ${role} VALID UNTIL '2001-01-01' NOLOGIN`,
        `ALTER DATABASE ${database} CONNECTION LIMIT 0`,
      ),
    check: { exit: 2, words: [/LOGIN/, /limit/i] },
    apply: { exit: 1, words: [/limit/i] },
  },
  {
    row: 1,
    source: 'kind',
    input: 'the limit of the role is lower than declared, and both are used up',
    declared: { connectionLimit: 2 },
    sessions: 2,
    arrange: ({ role }) => sql(`ALTER ROLE ${role} CONNECTION LIMIT 1`),
    apply: { exit: 1, words: [/CONNECTION LIMIT 2/, /not checked/i] },
    settles: false,
  },
];
