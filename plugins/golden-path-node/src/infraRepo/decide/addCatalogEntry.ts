import { ConflictError } from '@backstage/errors';
import {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { isMap, isScalar, Pair } from 'yaml';
import {
  CatalogFile,
  mapIn,
  openCatalog,
  RawEntry,
  Refuse,
  withEntries,
} from './catalogFile';
import { checkedEdit } from './checkedEdit';
import { insertPair } from './insertYamlPair';
import { place, refusal, showDifferences, TextEdit } from './text';
import { isMerge, keyOf, own, pairNamed, pairsOf, startOf } from './yamlMap';

/**
 * The text with one entry more, in alphabetical place, and nothing else changed; the same text where the entry is
 * there already (its status and date may have moved on).
 * @throws ConflictError where the database or the role is there with other values
 * @throws InputError `path:line:column: reason` where the file can't be read or edited safely
 */
export const addCatalogEntry = (
  text: string,
  path: string,
  key: RequestKey,
  entry: CatalogEntry,
): string => {
  const file = openCatalog(text, path);
  if (isAlreadyThere(file, key, entry)) return text;

  const edits = insertionOf(file, key, entry);
  return checkedEdit(
    file,
    edits,
    before =>
      withEntries(before, key.environment, { [key.databaseName]: entry }),
    `an entry for "${key.databaseName}"`,
  );
};

const isAlreadyThere = (
  file: CatalogFile,
  key: RequestKey,
  entry: CatalogEntry,
): boolean => {
  const map = file.environment(key.environment);
  const same = pairNamed(map, key.databaseName);
  if (same) {
    const there = file.entryOf(key.environment, same);
    const differences = showDifferences(identity(there), identity(entry));
    if (differences.length === 0) return true;
    throw new ConflictError(
      `${place(file.path, file.text, startOf(same))}: database "${
        key.databaseName
      }" is already in the catalog of ${
        key.environment
      }, with other values: ${differences.join(
        '; ',
      )}. Choose another database name, or change the entry by hand.`,
    );
  }
  const { username } = entry.configuration;
  const environment = own(file.value.databases, key.environment);
  const roleOf = pairsOf(map).find(
    pair =>
      own(own(own(environment, keyOf(pair)), 'configuration'), 'username') ===
      username,
  );
  if (roleOf) {
    throw new ConflictError(
      `${place(
        file.path,
        file.text,
        startOf(roleOf),
      )}: role "${username}" already belongs to database "${keyOf(
        roleOf,
      )}", and "${
        key.databaseName
      }" can't have it too. Choose another database user.`,
    );
  }
  return false;
};

/** What makes two entries the same request: everything but what time changes. */
const identity = ({
  metadata,
  configuration,
}: RawEntry | CatalogEntry): Record<string, unknown> => {
  const { status, created_date, ...lasting } = metadata as Record<
    string,
    unknown
  >;
  return { ...lasting, ...configuration };
};

const insertionOf = (
  file: CatalogFile,
  key: RequestKey,
  entry: CatalogEntry,
): TextEdit[] => {
  const refuse: Refuse = (offset, reason) =>
    refusal(file.path, file.text, offset, reason);
  refuseShared(file.root, 0, 'the catalog', refuse);
  refuseShared(
    file.databases.value,
    startOf(file.databases),
    'databases',
    refuse,
  );
  const databases = mapIn(file.databases, refuse, 'databases');
  const pair = databases && pairNamed(databases, key.environment);
  const environment = file.environment(key.environment);
  if (!pair) {
    return insertPair(file.text, file.databases, databases, {
      key: key.environment,
      value: { [key.databaseName]: entry },
    });
  }
  refuseShared(
    pair.value,
    startOf(pair),
    `databases.${key.environment}`,
    refuse,
  );
  return insertPair(file.text, pair, environment, {
    key: key.databaseName,
    value: entry,
  });
};

/** What is anchored or merged is used in another place too, and a tag may make anything of it. */
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
      `${what} has the anchor &${value.anchor}; write its users out, because an entry here would land somewhere else too.`,
    );
  }
  if (value.tag) {
    throw refuse(
      offset,
      `${what} has the tag ${value.tag}; take it away, because nobody here knows what it makes of an entry.`,
    );
  }
  const merge = isMap(value) ? value.items.find(isMerge) : undefined;
  if (merge) {
    throw refuse(
      startOf(merge as Pair),
      `${what} is merged from another place; write its databases out, because an entry here may hide one of them.`,
    );
  }
};
