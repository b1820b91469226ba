import {
  catalogEntry,
  DatabaseRequest,
} from '@goldenpath/plugin-golden-path-common';
import { addCatalogEntry } from './catalog';
import { TextFile } from './text';
import { addTfvarsEntry } from './tfvars';

/** The two files of the infra repo that a request goes into. */
export interface InfraRequestFiles {
  catalog: TextFile;
  tfvars: TextFile;
}

/**
 * What a request changes in the infra repo: the changed files whole, none where the database is there already with the
 * same values. A file that has it while the other hasn't stays as it is.
 * @param context `createdDate` is `YYYY-MM-DD`, in UTC
 * @throws ConflictError that shows both where the database or the role is there with other values
 * @throws InputError `path:line:column: reason` where a file can't be read or edited safely
 */
export const planInfraRequest = async (
  { catalog, tfvars }: InfraRequestFiles,
  request: Omit<DatabaseRequest, 'description'>,
  context: { createdDate: string; secretPrefix?: string },
): Promise<{ changes: TextFile[] }> => {
  const edited = [
    {
      ...catalog,
      text: addCatalogEntry(
        catalog.text,
        catalog.path,
        request,
        catalogEntry(request, context),
      ),
    },
    {
      ...tfvars,
      text: await addTfvarsEntry(tfvars.text, tfvars.path, request),
    },
  ];
  const before = [catalog.text, tfvars.text];
  return { changes: edited.filter(({ text }, i) => text !== before[i]) };
};
