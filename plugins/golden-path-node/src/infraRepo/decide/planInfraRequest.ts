import {
  catalogEntry,
  DeclaredDatabase,
} from '@goldenpath/plugin-golden-path-common';
import { addCatalogEntry } from './addCatalogEntry';
import { addTfvarsEntry } from './addTfvarsEntry';
import { runBothEdits } from './runBothEdits';
import { TextFile } from './text';

/**
 * The two files of the infra repo that a request changes.
 *
 * @public
 */
export interface InfraRequestFiles {
  catalog: TextFile;
  tfvars: TextFile;
}

/**
 * Plans the changed files of a request. Returns none when both files declare the database with the same values already.
 * @param context - `createdDate` is `YYYY-MM-DD`, in UTC
 * @throws ConflictError with both values, for both files, when the database or role is declared with other values
 * @throws InputError `path:line:column: reason` when a file can't be read or edited safely
 *
 * @public
 */
export const planInfraRequest = async (
  { catalog, tfvars }: InfraRequestFiles,
  request: DeclaredDatabase,
  context: { createdDate: string; secretPrefix?: string },
): Promise<{ changes: TextFile[] }> => {
  const entry = catalogEntry(request, context);
  const [catalogText, tfvarsText] = await runBothEdits([
    async () => addCatalogEntry(catalog.text, catalog.path, request, entry),
    () => addTfvarsEntry(tfvars.text, tfvars.path, request),
  ]);
  return {
    changes: [
      ...(catalogText === catalog.text
        ? []
        : [{ ...catalog, text: catalogText }]),
      ...(tfvarsText === tfvars.text ? [] : [{ ...tfvars, text: tfvarsText }]),
    ],
  };
};
