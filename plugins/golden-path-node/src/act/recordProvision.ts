import { auditPath, AuditRow } from '@goldenpath/plugin-golden-path-common';
import { withAuditRows } from '../decide/auditCsv';
import { setCatalogStatus } from '../decide/catalog';
import { catalogStatuses, DatabaseResult } from '../decide/report';

/**
 * Edits files of the infra repo's branch in one commit, on top of whatever is there by then.
 * @returns the page of the commit; undefined where the edit changes nothing
 */
export type EditFiles = (
  paths: readonly string[],
  message: string,
  edit: (
    texts: ReadonlyMap<string, string | undefined>,
  ) => ReadonlyMap<string, string>,
) => Promise<string | undefined>;

/**
 * Writes down in the infra repo what a run did: the rows that its audit doesn't have yet, and the status of the
 * databases in the catalog. Doing it again changes nothing.
 * @returns the page of the commit; undefined where everything was there
 * @throws whatever the repo refuses with; or, once the audit is there, InputError where the catalog can't be edited
 */
export const recordProvision = async (
  run: {
    environment: string;
    /** Of the infra repo. */
    catalogPath: string;
    audit: readonly AuditRow[];
    databases: readonly DatabaseResult[];
  },
  editFiles: EditFiles,
): Promise<string | undefined> => {
  const { environment, catalogPath } = run;
  const audit = auditPath(environment);
  let catalogError: unknown;
  const commit = await editFiles(
    [audit, catalogPath],
    `chore(rds): audit and status of ${environment}`,
    texts => {
      const edited = new Map<string, string>();
      const rows = withAuditRows(texts.get(audit), run.audit);
      if (rows !== undefined) edited.set(audit, rows);
      const catalog = texts.get(catalogPath);
      if (catalog === undefined) return edited;
      try {
        edited.set(
          catalogPath,
          setCatalogStatus(
            catalog,
            catalogPath,
            environment,
            catalogStatuses(run.databases),
          ),
        );
      } catch (error) {
        catalogError = error;
      }
      return edited;
    },
  );
  if (catalogError) throw catalogError;
  return commit;
};
