import type { DefaultPrivileges, InsideQuestions, SeenInside } from '../inside';
import { OBSERVE_DEFAULT_PRIVILEGES } from './defaultPrivilegesSql';

/** Schema public of a database. */
export interface SchemaPublic {
  owner: string;
  isPublicWritable: boolean;
}

/** What is read inside a database in one round trip. */
export interface Inside extends SeenInside {
  isInRecovery: boolean;
  /** Absent without that schema. */
  schema?: SchemaPublic;
}

interface SchemaRow extends SchemaPublic {
  name: string;
  isCreatable: boolean;
  isInRecovery: boolean;
}

/**
 * One row for each schema. A session that has just begun has empty caches, so each function, operator and sort of a query
 * costs it more than the rows do: they are filtered and sorted here. Schemas in which nothing can be found without USAGE
 * are of no use to an app, even with CREATE.
 */
const LOOK = `
SELECT s.nspname AS "name",
       pg_get_userbyid(s.nspowner) AS "owner",
       has_schema_privilege(s.oid, 'CREATE') AND has_schema_privilege(s.oid, 'USAGE') AS "isCreatable",
       has_schema_privilege('public', s.oid, 'CREATE') AS "isPublicWritable",
       pg_is_in_recovery() AS "isInRecovery"
  FROM pg_namespace s`;

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
  const [schemas, defaultRows] = (
    defaults ? results.slice(-3) : [...results.slice(-2, -1), []]
  ) as [SchemaRow[], DefaultPrivileges[]];
  const found = schemas.find(({ name }) => name === 'public');
  return {
    // Every database has schema pg_catalog.
    isInRecovery: schemas[0].isInRecovery,
    creatable: schemas
      .filter(({ name, isCreatable }) => isCreatable && !/^pg_/.test(name))
      .map(({ name }) => name)
      .sort(),
    defaults: defaultRows,
    ...(found
      ? {
          publicOwner: found.owner,
          schema: {
            owner: found.owner,
            isPublicWritable: found.isPublicWritable,
          },
        }
      : {}),
  };
};
