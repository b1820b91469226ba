import {
  auditPath,
  AuditRow,
  CatalogStatus,
} from '@goldenpath/plugin-golden-path-common';
import { setCatalogStatus } from '../../infraRepo/decide/setCatalogStatus';
import type { TextFile } from '../../infraRepo/decide/text';
import { withAuditRows } from './auditCsv';

/**
 * What a run records in the infra repo.
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

/** The paths of the files that a record may change: the audit, then the catalog. */
export const recordedPaths = ({
  environment,
  catalogPath,
}: Pick<RunRecord, 'environment' | 'catalogPath'>): [string, string] => [
  auditPath(environment),
  catalogPath,
];

export const composeRecordMessage = (environment: string) =>
  `chore(rds): audit and status of ${environment}`;

/**
 * Plans the file changes that record a run: missing audit rows, and changed statuses. Recording the same run again changes
 * nothing.
 * @param textOf - the text of a file; undefined if it does not exist
 * @returns the changed files; also the error if the catalog can't be edited, because the audit is recorded anyway
 * @throws InputError if the file at the audit's path is not an audit file
 */
export const planRecordEdits = (
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
