import { RequestKey } from '@goldenpath/plugin-golden-path-common';
import { Pair, YAMLMap } from 'yaml';
import { applyCheckedEdits } from './applyCheckedEdits';
import { CatalogFile, openCatalog } from './catalogFile';
import { Range, removeLines } from './removeLines';
import { removeListItem } from './removeListItem';
import {
  createFileError,
  findLineStart,
  findNextLineStart,
  isFirstOnLine,
  TextEdit,
} from './text';
import { endOf, findPair, getOwn, listPairs, startOf } from './yamlMap';

/**
 * Removes an entry and changes nothing else. Returns the same text when there is none. Comments on the entry's own lines,
 * from its key to the last line of its value, go with it; all others stay. The environment of a last entry stays, as `{}`.
 * @throws InputError `path:line:column: reason` when the file can't be read or edited safely
 */
export const removeCatalogEntry = (
  text: string,
  path: string,
  { environment, databaseName }: RequestKey,
): string => {
  const file = openCatalog(text, path);
  const map = file.environment(environment);
  const pair = findPair(map, databaseName);
  if (!map || !pair) {
    const inherited = getOwn(
      getOwn(file.value.databases, environment),
      databaseName,
    );
    if (inherited === undefined) return text;
    throw createFileError(
      path,
      text,
      startOf(findPair(file.databases.value as YAMLMap, environment)),
      `"${databaseName}" comes from a merge key here; write the databases of ${environment} out.`,
    );
  }
  const own = findOwnLines(text, pair);
  return applyCheckedEdits(
    file,
    planRemoval(file, { environment, pair, map }),
    before => withoutEntry(before, environment, databaseName),
    `the removal of "${databaseName}"`,
    own,
  );
};

/** From the key to the end of the line on which the value ends. */
const findOwnLines = (text: string, pair: Pair): Range => {
  const end = endOf(pair);
  return [
    findLineStart(text, startOf(pair)),
    text[end - 1] === '\n' ? end : findNextLineStart(text, end),
  ];
};

const planRemoval = (
  { text, path, databases }: CatalogFile,
  { environment, pair, map }: { environment: string; pair: Pair; map: YAMLMap },
): TextEdit[] => {
  const pairs = listPairs(map);
  const items = pairs.map((one): Range => [startOf(one), endOf(one)]);
  const at = pairs.indexOf(pair);
  if (map.flow) {
    const [open, close] = map.range!;
    return removeListItem(
      text,
      { range: [open, close], items, gap: YAML_GAP },
      at,
    );
  }
  if (!isFirstOnLine(text, startOf(pair))) {
    throw createFileError(
      path,
      text,
      startOf(pair),
      'this entry doesn\'t begin with its name at the start of a line; write it as "name:" there, or remove it by hand.',
    );
  }
  const lines = removeLines(text, items[at], {
    previous: items[at - 1],
    next: items[at + 1],
  });
  if (pairs.length > 1) return [lines];
  const parent = findPair(databases.value as YAMLMap, environment);
  const [, keyEnd] = (parent!.key as { range: [number, number, number] }).range;
  const colon = text.indexOf(':', keyEnd) + 1;
  // Edits at the same offset are applied in this order.
  return [lines, { start: colon, end: colon, text: ' {}' }];
};

const YAML_GAP = /[ \t\r\n]|(?<=[ \t\r\n])#[^\n]*/;

const withoutEntry = (
  value: Record<string, unknown>,
  environment: string,
  databaseName: string,
): Record<string, unknown> => {
  const databases = value.databases as Record<string, Record<string, unknown>>;
  const { [databaseName]: removed, ...others } = databases[environment];
  return { ...value, databases: { ...databases, [environment]: others } };
};
