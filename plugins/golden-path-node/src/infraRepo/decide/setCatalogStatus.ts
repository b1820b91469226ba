import { CatalogStatus } from '@goldenpath/plugin-golden-path-common';
import { isMap, isScalar, Pair, YAMLMap } from 'yaml';
import { CatalogFile, openCatalog, RawEntry, setEntries } from './catalogFile';
import { applyCheckedEdits } from './applyCheckedEdits';
import { createFileError, TextEdit } from './text';
import { keyOf, getOwn, listPairs, startOf } from './yamlMap';

/**
 * Sets the statuses of one environment and changes nothing else. Ignores databases that the catalog doesn't list.
 * @throws InputError `path:line:column: reason` when the file can't be read or edited safely
 *
 * @public
 */
export const setCatalogStatus = (
  text: string,
  path: string,
  environment: string,
  statuses: Record<string, CatalogStatus>,
): string => {
  const file = openCatalog(text, path);
  const map = file.environment(environment);
  const edits: TextEdit[] = [];
  const changed: Record<string, CatalogStatus> = {};
  for (const pair of listPairs(map)) {
    const name = keyOf(pair);
    const status = getOwn(statuses, name) as CatalogStatus | undefined;
    if (!status) continue;
    const entry = file.entryOf(environment, pair);
    if (entry.metadata.status === status) continue;
    edits.push(planStatusEdit(file, pair, status));
    changed[name] = status;
  }
  if (edits.length === 0) return text;
  return applyCheckedEdits(
    file,
    edits,
    before => setStatuses(before, environment, changed),
    `the status in "${environment}"`,
  );
};

const setStatuses = (
  value: Record<string, unknown>,
  environment: string,
  statuses: Record<string, CatalogStatus>,
): Record<string, unknown> => {
  const databases = getOwn(value.databases, environment) as Record<
    string,
    RawEntry
  >;
  const entries = Object.entries(statuses).map(([name, status]) => {
    const entry = databases[name];
    return [name, { ...entry, metadata: { ...entry.metadata, status } }];
  });
  return setEntries(value, environment, Object.fromEntries(entries));
};

const planStatusEdit = (
  { text, path }: CatalogFile,
  pair: Pair,
  status: CatalogStatus,
): TextEdit => {
  const metadata = (pair.value as YAMLMap).get('metadata', true);
  const node = isMap(metadata) ? metadata.get('status', true) : undefined;
  const range = isScalar(node) && !node.anchor ? node.range : undefined;
  if (!range) {
    throw createFileError(
      path,
      text,
      startOf(pair),
      `the status of "${keyOf(
        pair,
      )}" comes from an anchor, alias or merge key, and can't be changed alone; write it out.`,
    );
  }
  const quote = /^["']/.exec(text.slice(range[0], range[1]))?.[0] ?? '';
  return {
    start: range[0],
    end: range[1],
    text: `${quote}${status}${quote}`,
  };
};
