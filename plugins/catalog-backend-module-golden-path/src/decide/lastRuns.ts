import type { AuditRow } from '@goldenpath/plugin-golden-path-common';

/** The run that last worked on a database. */
export interface LastRun {
  id: string;
  url: string;
}

/** Finds the last run of each database in an audit file, by database name. */
export const findLastRuns = (
  rows: readonly AuditRow[],
): ReadonlyMap<string, LastRun> =>
  new Map(
    rows
      .filter(({ database, run_id: id }) => database !== '' && id !== '')
      .map(({ database, run_id: id, run_url: url }) => [database, { id, url }]),
  );
