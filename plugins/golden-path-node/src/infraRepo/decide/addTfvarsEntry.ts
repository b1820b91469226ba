import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_CONNECTION_LIMIT } from '@goldenpath/plugin-golden-path-common';
import { parseHclValues } from './hcl';
import { planInsertion } from './insertHclEntry';
import { NameConflictError } from './nameConflict';
import { readDatabases, TFVARS_ATTRIBUTE, TfvarsEntry } from './readTfvars';
import { applyEdits, place, createFileError, showDifferences } from './text';

/**
 * Adds an entry in alphabetical order and changes nothing else. Returns the same text when the entry exists.
 * @throws ConflictError when the database or role is declared with other values
 * @throws InputError `path:line:column: reason` when the file can't be read or edited safely, or is for another
 * environment
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
  if (isDeclared(entries, placeOf, entry)) return text;

  const added = applyEdits(text, planInsertion(text, object, entry));
  const expected = {
    ...values,
    [TFVARS_ATTRIBUTE]: {
      ...(values[TFVARS_ATTRIBUTE] as Record<string, unknown>),
      [entry.databaseName]: {
        database_name: entry.databaseName,
        username: entry.username,
        connection_limit: DEFAULT_CONNECTION_LIMIT,
      },
    },
  };
  if (!isDeepStrictEqual(await parseHclValues(added, path), expected)) {
    throw createFileError(
      path,
      text,
      object.start,
      `an entry for "${entry.databaseName}" can't be added here without other changes; add it by hand.`,
    );
  }
  return added;
};

const isDeclared = (
  entries: TfvarsEntry[],
  placeOf: (entry: TfvarsEntry) => string,
  { databaseName, username }: { databaseName: string; username: string },
): boolean => {
  const requested = {
    key: databaseName,
    database_name: databaseName,
    username,
  };
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
      requested,
    );
    if (differences.length === 0) return true;
    throw new NameConflictError(
      `${placeOf(
        same,
      )}: database "${databaseName}" is already declared with other values: ${differences.join(
        '; ',
      )}. Choose another database name, or change the entry by hand.`,
      [{ field: 'databaseName', declaredBy: same.databaseName }],
    );
  }
  const roleOf = entries.find(entry => entry.username === username);
  if (roleOf) {
    throw new NameConflictError(
      `${placeOf(roleOf)}: role "${username}" already belongs to database "${
        roleOf.databaseName
      }", and "${databaseName}" can't have it too. Choose another database user.`,
      [{ field: 'username', declaredBy: roleOf.databaseName }],
    );
  }
  return false;
};
