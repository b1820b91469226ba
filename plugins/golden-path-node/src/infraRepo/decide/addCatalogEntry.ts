import {
  CatalogEntry,
  foldOwner,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { isMap, isScalar, Pair } from 'yaml';
import {
  CatalogFile,
  readMap,
  openCatalog,
  RawEntry,
  Refuse,
  setEntries,
} from './catalogFile';
import { applyCheckedEdits } from './applyCheckedEdits';
import { insertPair } from './insertYamlPair';
import { NameConflictError } from './nameConflict';
import { place, createFileError, showDifferences, TextEdit } from './text';
import {
  isMerge,
  keyOf,
  getOwn,
  findPair,
  listPairs,
  startOf,
} from './yamlMap';

/**
 * Adds an entry in alphabetical order and changes nothing else. Returns the same text when the entry exists, even with
 * another status or date.
 * @throws ConflictError when the database or role is declared with other values
 * @throws InputError `path:line:column: reason` when the file can't be read or edited safely
 */
export const addCatalogEntry = (
  text: string,
  path: string,
  key: RequestKey,
  entry: CatalogEntry,
): string => {
  const file = openCatalog(text, path);
  if (isDeclared(file, key, entry)) return text;

  const edits = planInsertion(file, key, entry);
  return applyCheckedEdits(
    file,
    edits,
    before =>
      setEntries(before, key.environment, { [key.databaseName]: entry }),
    `an entry for "${key.databaseName}"`,
  );
};

const isDeclared = (
  file: CatalogFile,
  key: RequestKey,
  entry: CatalogEntry,
): boolean => {
  const map = file.environment(key.environment);
  const same = findPair(map, key.databaseName);
  if (same) {
    const current = file.entryOf(key.environment, same);
    const differences = showDifferences(
      pickIdentity(current),
      pickIdentity(entry),
    );
    if (differences.length === 0) return true;
    throw new NameConflictError(
      `${place(file.path, file.text, startOf(same))}: database "${
        key.databaseName
      }" is already in the catalog of ${
        key.environment
      } with other values: ${differences.join(
        '; ',
      )}. Choose another database name, or change the entry by hand.`,
      [{ field: 'databaseName', declaredBy: key.databaseName }],
    );
  }
  const { username } = entry.configuration;
  const environment = getOwn(file.value.databases, key.environment);
  const roleOf = listPairs(map).find(
    pair =>
      getOwn(
        getOwn(getOwn(environment, keyOf(pair)), 'configuration'),
        'username',
      ) === username,
  );
  if (roleOf) {
    throw new NameConflictError(
      `${place(
        file.path,
        file.text,
        startOf(roleOf),
      )}: role "${username}" already belongs to database "${keyOf(
        roleOf,
      )}", and "${
        key.databaseName
      }" can't have it too. Choose another database user.`,
      [{ field: 'username', declaredBy: keyOf(roleOf) }],
    );
  }
  return false;
};

/** Picks the fields that identify a request: all but status and date. */
const pickIdentity = ({
  metadata,
  configuration,
}: RawEntry | CatalogEntry): Record<string, unknown> => {
  const { status, created_date, ...lasting } = metadata as Record<
    string,
    unknown
  >;
  const { owner } = lasting;
  return {
    ...lasting,
    // An entry may have the catalog's spelling of the group.
    owner: typeof owner === 'string' ? foldOwner(owner) : owner,
    ...configuration,
  };
};

const planInsertion = (
  file: CatalogFile,
  key: RequestKey,
  entry: CatalogEntry,
): TextEdit[] => {
  const refuse: Refuse = (offset, reason) =>
    createFileError(file.path, file.text, offset, reason);
  refuseShared(file.root, 0, 'the catalog', refuse);
  refuseShared(
    file.databases.value,
    startOf(file.databases),
    'databases',
    refuse,
  );
  const databases = readMap(file.databases, refuse, 'databases');
  const pair = databases && findPair(databases, key.environment);
  const environment = file.environment(key.environment);
  if (!pair) {
    return insertPair(
      file.text,
      { pair: file.databases, isInFlow: file.root.flow ?? false },
      databases,
      { key: key.environment, value: { [key.databaseName]: entry } },
    );
  }
  refuseShared(
    pair.value,
    startOf(pair),
    `databases.${key.environment}`,
    refuse,
  );
  return insertPair(
    file.text,
    { pair, isInFlow: databases.flow ?? false },
    environment,
    { key: key.databaseName, value: entry },
  );
};

/** Rejects anchors, merge keys and tags: an added entry would change other values, too. */
const refuseShared = (
  value: unknown,
  offset: number,
  what: string,
  refuse: Refuse,
): void => {
  if (!isMap(value) && !isScalar(value)) return;
  if (value.anchor) {
    throw refuse(
      offset,
      `${what} has the anchor &${value.anchor}, and a new entry would appear at its aliases too; write them out.`,
    );
  }
  if (value.tag) {
    throw refuse(
      offset,
      `${what} has the tag ${value.tag}, with unknown effect on a new entry; remove it.`,
    );
  }
  const merge = isMap(value) ? value.items.find(isMerge) : undefined;
  if (merge) {
    throw refuse(
      startOf(merge as Pair),
      `${what} has a merge key, and a new entry could hide a merged one; write its databases out.`,
    );
  }
};
