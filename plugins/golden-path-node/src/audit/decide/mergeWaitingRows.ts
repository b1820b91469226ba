import type { AuditRow } from '@goldenpath/plugin-golden-path-common';

/**
 * The branch of the pull request for audit and status, used if the base branch is protected.
 *
 * @public
 */
export const auditBranch = (environment: string) =>
  `database/audit/${environment}`;

/**
 * Appends the rows of a run to those that wait in a pull request. The run doesn't see the waiting rows and reports
 * `no_change` for what they already record; those rows are dropped.
 */
export const mergeWaitingRows = (
  waiting: readonly AuditRow[],
  rows: readonly AuditRow[],
): AuditRow[] => {
  const subjectOf = ({ action, database, username }: AuditRow) =>
    [action, database, username].join();
  const recorded = new Set(
    waiting.filter(({ status }) => status !== 'failed').map(subjectOf),
  );
  return [
    ...waiting,
    ...rows.filter(
      row => row.status !== 'no_change' || !recorded.has(subjectOf(row)),
    ),
  ];
};
