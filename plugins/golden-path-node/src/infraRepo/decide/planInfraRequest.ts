import { ConflictError, InputError } from '@backstage/errors';
import {
  catalogEntry,
  DeclaredDatabase,
} from '@goldenpath/plugin-golden-path-common';
import { reasonOf } from '../../errors/reasonOf';
import { addCatalogEntry } from './addCatalogEntry';
import { addTfvarsEntry } from './addTfvarsEntry';
import { TextFile } from './text';

/**
 * The two files of the infra repo that a request goes into.
 *
 * @public
 */
export interface InfraRequestFiles {
  catalog: TextFile;
  tfvars: TextFile;
}

/**
 * What a request changes in the infra repo: the changed files whole, none where the database is there already with the
 * same values. A file that has it while the other hasn't stays as it is.
 * @param context - `createdDate` is `YYYY-MM-DD`, in UTC
 * @throws ConflictError that shows both, for both files, where the database or the role is there with other values
 * @throws InputError `path:line:column: reason` where a file can't be read or edited safely
 *
 * @public
 */
export const planInfraRequest = async (
  { catalog, tfvars }: InfraRequestFiles,
  request: DeclaredDatabase,
  context: { createdDate: string; secretPrefix?: string },
): Promise<{ changes: TextFile[] }> => {
  const entry = catalogEntry(request, context);
  const [catalogText, tfvarsText] = await bothOrAllReasons([
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

/** Who is refused by one file wants to know at once what the other one says. */
const bothOrAllReasons = async (
  edits: [() => Promise<string>, () => Promise<string>],
): Promise<string[]> => {
  const outcomes = await Promise.allSettled(edits.map(edit => edit()));
  const reasons = outcomes.flatMap(outcome =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  if (reasons.length === 0)
    return outcomes.flatMap(outcome =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
  const unexpected = reasons.find(
    ({ name }) => name !== 'ConflictError' && name !== 'InputError',
  );
  if (unexpected || reasons.length === 1) throw unexpected ?? reasons[0];
  const text = reasons.map(reasonOf).join('\n');
  throw reasons.every(({ name }) => name === 'ConflictError')
    ? new ConflictError(text)
    : new InputError(text);
};
