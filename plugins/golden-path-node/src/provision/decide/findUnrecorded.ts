import { AuditAction, AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { DesiredDatabase } from './desired';
import { parseMark } from './mark';
import type { Observation } from './observation';

/** The actions that create a role or a database. */
export const CREATING_ACTIONS = [
  'create_role',
  'create_database',
] as const satisfies readonly AuditAction[];

/** An existing role or database, with the action that creates it. */
export interface PresentObject {
  action: (typeof CREATING_ACTIONS)[number];
  database: string;
  username: string;
}

/** Finds the roles that have the mark of their entry, and the databases that they own. */
export const findPresent = (
  desired: readonly DesiredDatabase[],
  { roles, databases }: Observation,
): PresentObject[] =>
  desired
    .filter(
      ({ username, secret }) =>
        parseMark(roles.get(username)?.comment)?.path === secret.path,
    )
    .flatMap(({ databaseName: database, username }): PresentObject[] => [
      { action: 'create_role', database, username },
      ...(databases.get(database)?.owner === username
        ? [{ action: 'create_database' as const, database, username }]
        : []),
    ]);

/**
 * Finds existing roles and databases without an audit row: a run was killed after creating and before recording them.
 */
export const findUnrecorded = (
  present: readonly PresentObject[],
  rows: readonly AuditRow[],
): PresentObject[] => {
  const known = new Set(
    rows
      .filter(({ status }) => status !== 'failed')
      .map(row => [row.action, row.database, row.username].join()),
  );
  return present.filter(
    ({ action, database, username }) =>
      !known.has([action, database, username].join()),
  );
};
