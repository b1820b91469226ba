import { AuditAction, AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { DesiredDatabase } from './desired';
import { parseMark } from './mark';
import type { Observation } from './observation';

/** A role or database that is there, by the action that would have made it. */
export interface PresentObject {
  action: Extract<AuditAction, 'create_role' | 'create_database'>;
  database: string;
  username: string;
}

/** The roles that carry the mark of their entry, and the databases that these own. */
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
 * Which of the roles and databases that are there the audit knows nothing of: a run was killed after it had made them
 * and before it could say so.
 */
export const findUnrecorded = (
  there: readonly PresentObject[],
  rows: readonly AuditRow[],
): PresentObject[] => {
  const known = new Set(
    rows
      .filter(({ status }) => status !== 'failed')
      .map(row => [row.action, row.database, row.username].join()),
  );
  return there.filter(
    ({ action, database, username }) =>
      !known.has([action, database, username].join()),
  );
};
