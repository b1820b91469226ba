/** What an app's own session has, with the settings of its role and its database. */
export interface OwnSession {
  /** Another than `sessionUser` after `ALTER ROLE … SET role`. */
  currentUser: string;
  sessionUser: string;
  /** The first schema of search_path that exists; null without one. */
  currentSchema: string | null;
  searchPath: string;
  /** In ms; 0 is none. */
  statementTimeoutMs: number;
  isReadOnlyByDefault: boolean;
  isInRecovery: boolean;
}

/** Schema public of a database. */
export interface SchemaPublic {
  owner: string;
  isPublicWritable: boolean;
}

/** What is read inside a database in one round trip. */
export interface Inside {
  own: OwnSession;
  /** Absent without that schema. */
  schema?: SchemaPublic;
}

/** Read with the app's own settings: every name has its schema, and no operator depends on search_path. */
const OWN_SESSION = `
SELECT current_user::pg_catalog.text AS "currentUser",
       session_user::pg_catalog.text AS "sessionUser",
       pg_catalog.current_schema()::pg_catalog.text AS "currentSchema",
       pg_catalog.current_setting('search_path') AS "searchPath",
       pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool AS "isReadOnlyByDefault",
       pg_catalog.pg_is_in_recovery() AS "isInRecovery"`;

const SCHEMA_PUBLIC = `
SELECT pg_get_userbyid(n.nspowner)::text AS "owner",
       has_schema_privilege('public', n.oid, 'CREATE') AS "isPublicWritable"
  FROM pg_namespace n
 WHERE n.nspname = 'public'`;

/** First version that has transaction_timeout, which ends the whole session. */
const TRANSACTION_TIMEOUT_VERSION = 17;

/**
 * The statements in order; a name where its rows are wanted. `SET LOCAL` of ours meets the settings of role and database:
 * they may cancel, redirect or hide what we read.
 */
const listStatements = (
  version: number,
): Array<{ name?: 'timeout' | 'own' | 'schema'; sql: string }> => [
  ...(version >= TRANSACTION_TIMEOUT_VERSION
    ? [{ sql: 'SET transaction_timeout = 0' }]
    : []),
  { sql: 'BEGIN READ ONLY' },
  { name: 'timeout', sql: 'SHOW statement_timeout' },
  { sql: 'SET LOCAL statement_timeout = 0' },
  { name: 'own', sql: OWN_SESSION },
  { sql: 'SET LOCAL ROLE NONE' },
  { sql: 'SET LOCAL search_path = pg_catalog' },
  { name: 'schema', sql: SCHEMA_PUBLIC },
  { sql: 'COMMIT' },
];

/**
 * One message, and so one round trip, that reads inside a database and changes nothing there.
 * @param version - the server's major version
 */
export const insideSql = (version: number): string =>
  listStatements(version)
    .map(({ sql }) => sql)
    .join('; ');

/** A message that failed may have left its transaction open. */
export const insideAgainSql = (version: number): string =>
  `ROLLBACK; ${insideSql(version)}`;

/** @param results - the rows of each statement of `insideSql` or `insideAgainSql` */
export const readInside = (
  version: number,
  results: ReadonlyArray<readonly unknown[]>,
): Inside => {
  const statements = listStatements(version);
  const rowsOf = (wanted: string) =>
    results[
      results.length -
        statements.length +
        statements.findIndex(({ name }) => name === wanted)
    ];
  const [own] = rowsOf('own') as Array<Omit<OwnSession, 'statementTimeoutMs'>>;
  const [{ statement_timeout: timeout }] = rowsOf('timeout') as Array<{
    statement_timeout: string;
  }>;
  const [schema] = rowsOf('schema') as SchemaPublic[];
  return { own: { ...own, statementTimeoutMs: parseTime(timeout) }, schema };
};

const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Parses a time as PostgreSQL prints one (docs, 19.1.1); it prints 0 without a unit. */
const parseTime = (text: string): number => {
  const [, number, unit] = /^([0-9]+)([a-z]*)$/.exec(text) ?? [];
  return Number(number ?? 0) * (MS[unit] ?? 1);
};
