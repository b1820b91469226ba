import type { AuditRow } from '@goldenpath/plugin-golden-path-common';

/** The branch of the pull request that audit and status go by where they can't be pushed. */
export const auditBranch = (environment: string) =>
  `database/audit/${environment}`;

/**
 * The rows of a run behind those that wait in a pull request. A run doesn't see the waiting ones, and says of what they
 * tell of already that it was there: those rows of its own are left out.
 */
export const mergeWaitingRows = (
  waiting: readonly AuditRow[],
  rows: readonly AuditRow[],
): AuditRow[] => {
  const subjectOf = ({ action, database, username }: AuditRow) =>
    [action, database, username].join();
  const told = new Set(
    waiting.filter(({ status }) => status !== 'failed').map(subjectOf),
  );
  return [
    ...waiting,
    ...rows.filter(
      row => row.status !== 'no_change' || !told.has(subjectOf(row)),
    ),
  ];
};
