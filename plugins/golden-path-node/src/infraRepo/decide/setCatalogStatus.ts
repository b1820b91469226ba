import { CatalogStatus } from '@goldenpath/plugin-golden-path-common';
import { isMap, isScalar, Pair, YAMLMap } from 'yaml';
import { CatalogFile, openCatalog, RawEntry, withEntries } from './catalogFile';
import { checkedEdit } from './checkedEdit';
import { refusal, TextEdit } from './text';
import { keyOf, own, pairsOf, startOf } from './yamlMap';

/**
 * The text with these statuses of one environment, and nothing else changed. Databases that the catalog doesn't list
 * are left out.
 * @throws InputError `path:line:column: reason` where the file can't be read or edited safely
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
  for (const pair of pairsOf(map)) {
    const name = keyOf(pair);
    const status = own(statuses, name) as CatalogStatus | undefined;
    if (!status) continue;
    const entry = file.entryOf(environment, pair);
    if (entry.metadata.status === status) continue;
    edits.push(statusEdit(file, pair, status));
    changed[name] = status;
  }
  if (edits.length === 0) return text;
  return checkedEdit(
    file,
    edits,
    before => withStatuses(before, environment, changed),
    `the status in "${environment}"`,
  );
};

const withStatuses = (
  value: Record<string, unknown>,
  environment: string,
  statuses: Record<string, CatalogStatus>,
): Record<string, unknown> => {
  const databases = own(value.databases, environment) as Record<
    string,
    RawEntry
  >;
  const entries = Object.entries(statuses).map(([name, status]) => {
    const entry = databases[name];
    return [name, { ...entry, metadata: { ...entry.metadata, status } }];
  });
  return withEntries(value, environment, Object.fromEntries(entries));
};

const statusEdit = (
  { text, path }: CatalogFile,
  pair: Pair,
  status: CatalogStatus,
): TextEdit => {
  const metadata = (pair.value as YAMLMap).get('metadata', true);
  const node = isMap(metadata) ? metadata.get('status', true) : undefined;
  const range = isScalar(node) && !node.anchor ? node.range : undefined;
  if (!range) {
    throw refusal(
      path,
      text,
      startOf(pair),
      `the status of "${keyOf(
        pair,
      )}" comes from an anchor, alias or merge key and can't be set alone; write it out.`,
    );
  }
  const quote = /^["']/.exec(text.slice(range[0], range[1]))?.[0] ?? '';
  return {
    start: range[0],
    end: range[1],
    text: `${quote}${status}${quote}`,
  };
};
