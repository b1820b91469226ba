import {
  auditPath,
  AuditRow,
  CatalogStatus,
} from '@goldenpath/plugin-golden-path-common';
import { setCatalogStatus } from '../../infraRepo/decide/setCatalogStatus';
import type { TextFile } from '../../infraRepo/decide/text';
import { withAuditRows } from './auditCsv';

/**
 * What a run leaves behind in the infra repo.
 *
 * @public
 */
export interface RunRecord {
  environment: string;
  /** Path of the catalog in the infra repo. */
  catalogPath: string;
  rows: readonly AuditRow[];
  /** The status of each database by its name. */
  statuses: Readonly<Record<string, CatalogStatus>>;
}

/** The files that a record may change: audit first, then catalog. */
export const recordedPaths = ({
  environment,
  catalogPath,
}: Pick<RunRecord, 'environment' | 'catalogPath'>): [string, string] => [
  auditPath(environment),
  catalogPath,
];

export const recordMessage = (environment: string) =>
  `chore(rds): audit and status of ${environment}`;

/**
 * The files that change when a run is recorded: audit rows that the file lacks, and statuses that differ. Recording the
 * same run again changes nothing.
 * @param textOf - the text of a file; undefined where there is none
 * @returns the changed files, and the error where the catalog can't be edited: the audit is recorded all the same
 * @throws InputError where what is in the audit's place is no audit
 */
export const recordEdits = (
  textOf: (path: string) => string | undefined,
  record: RunRecord,
): { changes: TextFile[]; catalogError?: unknown } => {
  const { environment, rows, statuses } = record;
  const [audit, catalogPath] = recordedPaths(record);
  const changes: TextFile[] = [];
  const withRows = withAuditRows({ path: audit, text: textOf(audit) }, rows);
  if (withRows !== undefined) changes.push({ path: audit, text: withRows });
  const catalog = textOf(catalogPath);
  if (catalog === undefined) return { changes };
  try {
    const text = setCatalogStatus(catalog, catalogPath, environment, statuses);
    if (text !== catalog) changes.push({ path: catalogPath, text });
  } catch (catalogError) {
    return { changes, catalogError };
  }
  return { changes };
};
