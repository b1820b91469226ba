import { isDeepStrictEqual } from 'node:util';
import { ConflictError } from '@backstage/errors';
import { parseHclValues } from './hcl';
import { insertionOf } from './insertHclEntry';
import { readDatabases, TFVARS_ATTRIBUTE, TfvarsEntry } from './readTfvars';
import { applyEdits, place, refusal, showDifferences } from './text';

/**
 * The text with one entry more, in alphabetical place, and nothing else changed; the same text where the entry is
 * there already.
 * @throws ConflictError where the database or the role is there with other values
 * @throws InputError `path:line:column: reason` where the file can't be read or edited safely, or is another environment's
 */
export const addTfvarsEntry = async (
  text: string,
  path: string,
  entry: { databaseName: string; username: string; environment?: string },
): Promise<string> => {
  const { object, entries, values } = await readDatabases(
    text,
    path,
    entry.environment,
  );
  const placeOf = (found: TfvarsEntry) =>
    place(path, text, object.items[entries.indexOf(found)].start);
  if (isAlreadyThere(entries, placeOf, entry)) return text;

  const added = applyEdits(text, insertionOf(text, object, entry));
  const expected = {
    ...values,
    [TFVARS_ATTRIBUTE]: {
      ...(values[TFVARS_ATTRIBUTE] as Record<string, unknown>),
      [entry.databaseName]: {
        database_name: entry.databaseName,
        username: entry.username,
      },
    },
  };
  if (!isDeepStrictEqual(await parseHclValues(added, path), expected)) {
    throw refusal(
      path,
      text,
      object.start,
      `an entry for "${entry.databaseName}" can't be added here without changing something else; add it by hand.`,
    );
  }
  return added;
};

const isAlreadyThere = (
  entries: TfvarsEntry[],
  placeOf: (entry: TfvarsEntry) => string,
  { databaseName, username }: { databaseName: string; username: string },
): boolean => {
  const asked = { key: databaseName, database_name: databaseName, username };
  const same = entries.find(
    entry => entry.databaseName === databaseName || entry.key === databaseName,
  );
  if (same) {
    const differences = showDifferences(
      {
        key: same.key,
        database_name: same.databaseName,
        username: same.username,
      },
      asked,
    );
    if (differences.length === 0) return true;
    throw new ConflictError(
      `${placeOf(
        same,
      )}: database "${databaseName}" is already declared, with other values: ${differences.join(
        '; ',
      )}. Choose another database name, or change the entry by hand.`,
    );
  }
  const roleOf = entries.find(entry => entry.username === username);
  if (roleOf) {
    throw new ConflictError(
      `${placeOf(roleOf)}: role "${username}" already belongs to database "${
        roleOf.databaseName
      }", and "${databaseName}" can't have it too. Choose another database user.`,
    );
  }
  return false;
};
