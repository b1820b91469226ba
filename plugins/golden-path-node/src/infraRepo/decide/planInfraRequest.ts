import { ConflictError, InputError } from '@backstage/errors';
import {
  catalogEntry,
  DeclaredDatabase,
} from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import { addCatalogEntry } from './addCatalogEntry';
import { addTfvarsEntry } from './addTfvarsEntry';
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

/** Runs both edits and reports the problems of both files together. */
const runBothEdits = async (
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
  const text = reasons.map(describeReason).join('\n');
  throw reasons.every(({ name }) => name === 'ConflictError')
    ? new ConflictError(text)
    : new InputError(text);
};
