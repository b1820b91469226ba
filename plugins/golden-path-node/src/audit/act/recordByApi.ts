import {
  recordedPaths,
  recordEdits,
  recordMessage,
  RunRecord,
} from '../decide/recordEdits';

/**
 * Edits files of the infra repo's branch in one commit, on top of whatever is there by then.
 * @returns the page of the commit; undefined where the edit changes nothing
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
 * Records a run in the infra repo: the rows that its audit lacks, and the status of the databases in the catalog.
 * Recording it again changes nothing.
 * @returns the page of the commit; undefined where everything was there
 * @throws whatever the repo refuses with; or, once the audit is there, InputError where the catalog can't be edited
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
    recordMessage(record.environment),
    texts => {
      const edits = recordEdits(path => texts.get(path), record);
      catalogError = edits.catalogError;
      return new Map(edits.changes.map(({ path, text }) => [path, text]));
    },
  );
  if (catalogError) throw catalogError;
  return commit;
};
