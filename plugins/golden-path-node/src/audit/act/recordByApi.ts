import {
  recordedPaths,
  planRecordEdits,
  composeRecordMessage,
  RunRecord,
} from '../decide/planRecordEdits';

/**
 * Edits files of the infra repo's branch in one commit on top of the current tip.
 * @returns the commit's page; undefined if the edit changes nothing
 *
 * @public
 */
export type EditFiles = (
  paths: readonly string[],
  message: string,
  edit: (
    texts: ReadonlyMap<string, string | undefined>,
  ) => ReadonlyMap<string, string>,
) => Promise<string | undefined>;

/**
 * Records a run in the infra repo: adds the missing audit rows and sets the status of the databases in the catalog.
 * Recording the same run again changes nothing.
 * @returns the commit's page; undefined if nothing changed
 * @throws the error of `editFiles`; or, after the audit is committed, InputError if the catalog can't be edited
 *
 * @public
 */
export const recordByApi = async (
  record: RunRecord,
  editFiles: EditFiles,
): Promise<string | undefined> => {
  let catalogError: unknown;
  const commit = await editFiles(
    recordedPaths(record),
    composeRecordMessage(record.environment),
    texts => {
      const edits = planRecordEdits(path => texts.get(path), record);
      catalogError = edits.catalogError;
      return new Map(edits.changes.map(({ path, text }) => [path, text]));
    },
  );
  if (catalogError) throw catalogError;
  return commit;
};
