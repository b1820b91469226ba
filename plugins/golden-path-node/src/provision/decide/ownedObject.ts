/** An object in a database, named as a statement names it. */
export interface OwnedObject {
  /** As `pg_identify_object` names it: `table`, `view`, `function`, `schema`. */
  kind: string;
  /** Qualified and quoted by the server. */
  identity: string;
}

export interface KindCount {
  /** In the singular. */
  kind: string;
  count: number;
}

export const countByKind = (
  objects: ReadonlyArray<Pick<OwnedObject, 'kind'>>,
): KindCount[] =>
  [...new Set(objects.map(({ kind }) => kind))].map(kind => ({
    kind,
    count: objects.filter(one => one.kind === kind).length,
  }));

/** `2 tables, 1 foreign-data wrapper`. */
export const printCounts = (counts: readonly KindCount[]): string =>
  counts
    .map(
      ({ kind, count }) =>
        `${count} ${count === 1 ? kind : PLURALS[kind] ?? `${kind}s`}`,
    )
    .join(', ');

const PLURALS: Readonly<Record<string, string>> = {
  'operator class': 'operator classes',
  'operator family': 'operator families',
  'text search dictionary': 'text search dictionaries',
  'table, view or sequence': 'tables, views and sequences',
};
