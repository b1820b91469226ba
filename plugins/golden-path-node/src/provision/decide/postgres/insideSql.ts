import type { DefaultPrivileges, InsideQuestions, SeenInside } from '../inside';
import { OBSERVE_DEFAULT_PRIVILEGES } from './defaultPrivilegesSql';

/** Schema public of a database. */
export interface SchemaPublic {
  owner: string;
  /** The bootstrap superuser. */
  superuser: string;
  isPublicWritable: boolean;
}

/** What is read inside a database in one round trip. */
export interface Inside extends SeenInside {
  isInRecovery: boolean;
  /** Absent without that schema. */
  schema?: SchemaPublic;
}

type Row = Pick<Inside, 'isInRecovery' | 'creatable'> &
  (SchemaPublic | { owner: null; superuser: string; isPublicWritable: null });

/** Schemas in which nothing can be found without USAGE are of no use to an app, even with CREATE. */
const LOOK = `
SELECT pg_is_in_recovery() AS "isInRecovery",
       ARRAY(SELECT s.nspname::text FROM pg_namespace s
              WHERE has_schema_privilege(s.oid, 'CREATE') AND has_schema_privilege(s.oid, 'USAGE')
                AND s.nspname !~ '^pg_' ORDER BY 1) AS "creatable",
       pg_get_userbyid(n.nspowner)::text AS "owner",
       pg_get_userbyid(10)::text AS "superuser",
       has_schema_privilege('public', n.oid, 'CREATE') AS "isPublicWritable"
  FROM (SELECT) one LEFT JOIN pg_namespace n ON n.nspname = 'public'`;

/** First version that has transaction_timeout, which ends the whole session. */
const TRANSACTION_TIMEOUT_VERSION = 17;

/**
 * The statements in order. `SET LOCAL` of ours meets the settings of role and database: they may cancel, redirect or hide
 * what we read.
 */
const listStatements = (
  version: number,
  { defaults }: InsideQuestions,
): string[] => [
  ...(version >= TRANSACTION_TIMEOUT_VERSION
    ? ['SET transaction_timeout = 0']
    : []),
  'BEGIN READ ONLY',
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL ROLE NONE',
  'SET LOCAL search_path = pg_catalog',
  LOOK,
  ...(defaults ? [OBSERVE_DEFAULT_PRIVILEGES] : []),
  'COMMIT',
];

/**
 * One message, and so one round trip, that reads inside a database and changes nothing there.
 * @param version - the server's major version
 */
export const insideSql = (
  version: number,
  questions: InsideQuestions,
): string => listStatements(version, questions).join('; ');

/** A message that failed may have left its transaction open. */
export const insideAgainSql = (
  version: number,
  questions: InsideQuestions,
): string => `ROLLBACK; ${insideSql(version, questions)}`;

/** @param results - the rows of each statement of `insideSql` or `insideAgainSql` */
export const readInside = (
  { defaults }: InsideQuestions,
  results: ReadonlyArray<readonly unknown[]>,
): Inside => {
  // COMMIT is the last.
  const [[look], defaultRows] = (
    defaults ? results.slice(-3) : [...results.slice(-2, -1), []]
  ) as [Row[], DefaultPrivileges[]];
  const { isInRecovery, creatable, owner, superuser, isPublicWritable } = look;
  return {
    isInRecovery,
    creatable,
    defaults: defaultRows,
    ...(owner === null
      ? {}
      : {
          publicOwner: owner,
          schema: { owner, superuser, isPublicWritable },
        }),
  };
};
