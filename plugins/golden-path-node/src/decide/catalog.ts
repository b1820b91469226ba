import { isDeepStrictEqual } from 'node:util';
import { ConflictError, InputError } from '@backstage/errors';
import {
  CATALOG_STATUSES,
  CatalogEntry,
  CatalogStatus,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  Document,
  isAlias,
  isMap,
  isScalar,
  Pair,
  parseDocument,
  visit,
  YAMLMap,
} from 'yaml';
import { blockLines, flowText } from './catalogText';
import { strictYamlValue } from './strictYaml';
import {
  applyEdits,
  hasBlankLineBetween,
  indentAt,
  isFirstOnLine,
  lineCounter,
  lineEndingAt,
  neighbours,
  nextLineStart,
  place,
  refusal,
  showDifferences,
  startWithComments,
  TextEdit,
} from './text';

/** The catalog as data: environment, then database name. */
export type Catalog = Record<string, Record<string, CatalogEntry>>;

/** One database of the catalog, with the line of the file on which it begins, from 1. */
export interface CatalogDatabase extends RequestKey {
  line: number;
  entry: CatalogEntry;
}

/**
 * Every database of the catalog, in the order of the file.
 * @throws InputError `path:line:column: reason` where the file is not valid, has the older flat shape, or an entry
 * lacks something
 */
export const listCatalog = (text: string, path: string): CatalogDatabase[] => {
  const file = openCatalog(text, path);
  const lineOf = lineCounter(text);
  return file.environments().flatMap(({ name, map }) =>
    pairsOf(map).map(pair => ({
      environment: name,
      databaseName: keyOf(pair),
      line: lineOf(startOf(pair)),
      entry: file.entryOf(name, pair) as unknown as CatalogEntry,
    })),
  );
};

/**
 * Everything that the catalog says.
 * @throws InputError `path:line:column: reason` where the file is not valid, has the older flat shape, or an entry
 * lacks something
 */
export const readCatalog = (text: string, path: string): Catalog => {
  const file = openCatalog(text, path);
  return Object.fromEntries(
    file
      .environments()
      .map(({ name, map }) => [
        name,
        Object.fromEntries(
          pairsOf(map).map(pair => [
            keyOf(pair),
            file.entryOf(name, pair) as unknown as CatalogEntry,
          ]),
        ),
      ]),
  );
};

/**
 * One entry; undefined where the catalog hasn't got it. What the other entries look like doesn't matter.
 * @throws InputError `path:line:column: reason`
 */
export const findCatalogEntry = (
  text: string,
  path: string,
  key: RequestKey,
): CatalogEntry | undefined => {
  const file = openCatalog(text, path);
  const pair = pairNamed(file.environment(key.environment), key.databaseName);
  return (
    pair && (file.entryOf(key.environment, pair) as unknown as CatalogEntry)
  );
};

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

/**
 * The text with these statuses of one environment, and nothing else changed. Databases that the catalog doesn't list
 * are left out.
 * @throws InputError `path:line:column: reason` where the file can't be read or edited safely
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

const withEntries = (
  value: Record<string, unknown>,
  environment: string,
  entries: Record<string, object>,
): Record<string, unknown> => ({
  ...value,
  databases: {
    ...(value.databases as object),
    [environment]: {
      ...(own(value.databases, environment) as object),
      ...entries,
    },
  },
});

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

interface CatalogFile {
  text: string;
  path: string;
  /** What the whole file means. */
  value: Record<string, unknown>;
  root: YAMLMap;
  /** The pair `databases`. */
  databases: Pair;
  environments(): Array<{ name: string; map: YAMLMap | undefined }>;
  /** The databases of one environment. */
  environment(name: string): YAMLMap | undefined;
  /** One entry's values, checked. */
  entryOf(environment: string, pair: Pair): RawEntry;
}

type RawEntry = Record<'metadata' | 'configuration', Record<string, unknown>>;

const openCatalog = (text: string, path: string): CatalogFile => {
  const document = parse(text, path);
  const refuse = (offset: number, reason: string) =>
    refusal(path, text, offset, reason);
  const root = document.contents;
  if (!isMap(root)) {
    throw refuse(0, 'this is not a catalog; it begins with version: "1.0".');
  }
  const value = toValue(document, path) as Record<string, unknown>;
  if (!['1.0', 1, undefined].includes(value.version as string)) {
    throw refuse(
      startOf(pairNamed(root, 'version')),
      `the catalog's version is ${JSON.stringify(
        value.version,
      )}, and only "1.0" is known here; use a newer goldenpath-rds.`,
    );
  }
  const databases = pairNamed(root, 'databases');
  if (!databases) {
    throw refuse(0, 'there is no "databases" in this file; add databases: {}.');
  }
  const databasesMap = mapIn(databases, refuse, 'databases');
  refuseFlatShape(databasesMap, refuse);

  return {
    text,
    path,
    value,
    root,
    databases,
    environments: () =>
      pairsOf(databasesMap)
        .filter(pair => !isMerge(pair))
        .map(pair => ({
          name: keyOf(pair),
          map: mapIn(pair, refuse, `databases.${keyOf(pair)}`),
        })),
    environment: name => {
      const pair = pairNamed(databasesMap, name);
      return pair && mapIn(pair, refuse, `databases.${name}`);
    },
    entryOf: (environment, pair) =>
      checkedEntry(
        own(
          own(value.databases, environment) as Record<string, unknown>,
          keyOf(pair),
        ),
        reason =>
          refuse(
            startOf(pair),
            `databases.${environment}.${keyOf(pair)}: ${reason}`,
          ),
      ),
  };
};

const parse = (text: string, path: string): Document => {
  const document = parseQuickly(text);
  const [problem] = document.errors;
  if (problem) {
    throw refusal(
      path,
      text,
      problem.pos[0],
      problem.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here; keep one in this file.'
        : problem.message,
    );
  }
  const anchors = new Set<string>();
  const remember = (_: unknown, { anchor }: { anchor?: string }) => {
    if (anchor) anchors.add(anchor);
  };
  visit(document, {
    Scalar: remember,
    Seq: remember,
    Alias: (_, { source, range }) => {
      if (anchors.has(source)) return;
      throw refusal(
        path,
        text,
        range?.[0] ?? 0,
        `there is no anchor &${source} before this alias; write the value out.`,
      );
    },
    Map: (_, map) => {
      remember(_, map);
      const keys = new Set<string>();
      for (const pair of map.items as Pair[]) {
        const key = keyOf(pair);
        if (keys.has(key) && !isMerge(pair)) {
          throw refusal(
            path,
            text,
            startOf(pair),
            `the key ${JSON.stringify(
              key,
            )} is given twice; remove one of them.`,
          );
        }
        keys.add(key);
      }
    },
  });
  return document;
};

/** yaml compares every key of a map with every other, which takes half a second for 5,000: that is done above. */
const parseQuickly = (text: string): Document =>
  parseDocument(text, { merge: true, prettyErrors: false, uniqueKeys: false });

const toValue = (document: Document, path: string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    throw new InputError(
      `${path}: ${(error as Error).message}`,
      error as Error,
    );
  }
};

type Refuse = (offset: number, reason: string) => InputError;

const startOf = (pair: Pair | undefined): number =>
  (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ??
  0;
const keyOf = (pair: Pair): string =>
  String(isScalar(pair.key) ? pair.key.value : pair.key);
/** yaml gives merge keys a symbol for a value. */
const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
const pairsOf = (map: YAMLMap | undefined): Pair[] => map?.items ?? [];
const pairNamed = (map: YAMLMap | undefined, name: string): Pair | undefined =>
  map?.items.find(pair => keyOf(pair) === name);
const own = (object: unknown, name: string): unknown =>
  object && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;

/** The map of a pair; undefined where there is nothing yet. */
const mapIn = (
  pair: Pair,
  refuse: Refuse,
  what: string,
): YAMLMap | undefined => {
  const { value } = pair;
  if (isMap(value)) return value;
  if (value === null || (isScalar(value) && value.value === null))
    return undefined;
  throw refuse(
    startOf(pair),
    isAlias(value)
      ? `${what} is an alias; write its databases out, because an entry here would land somewhere else too.`
      : `${what} is not a map of databases.`,
  );
};

const refuseFlatShape = (
  databases: YAMLMap | undefined,
  refuse: Refuse,
): void => {
  for (const pair of pairsOf(databases)) {
    const parts = isMap(pair.value)
      ? [pair.value.get('metadata'), pair.value.get('configuration')]
      : [];
    // A database may be called metadata; what it holds are maps.
    if (parts.some(part => isMap(part) && part.items.some(holdsScalar))) {
      const name = keyOf(pair);
      throw refuse(
        startOf(pair),
        `this catalog has the older flat shape: "${name}" stands right under "databases". Move every entry under its environment, as databases: { <environment>: { ${name}: … } }, and send the request again.`,
      );
    }
  }
};

const holdsScalar = ({ value }: Pair) => isScalar(value);

const METADATA = [
  'id',
  'component',
  'owner',
  'requested_by',
  'domain',
  'risk',
  'status',
  'created_date',
];
const CONFIGURATION = [
  'username',
  'size_tier',
  'instance_class',
  'secret_path',
];

const checkedEntry = (
  entry: unknown,
  refuse: (reason: string) => InputError,
): RawEntry => {
  const part = (name: 'metadata' | 'configuration', fields: string[]) => {
    const values = own(entry, name);
    if (typeof values !== 'object' || values === null)
      throw refuse(`${name} is missing.`);
    const lacking = fields.filter(
      field => typeof own(values, field) !== 'string',
    );
    if (lacking.length > 0) {
      throw refuse(`${name} needs ${lacking.join(', ')}, as text.`);
    }
    return values as Record<string, unknown>;
  };
  const checked = {
    metadata: part('metadata', METADATA),
    configuration: part('configuration', CONFIGURATION),
  };
  if (!CATALOG_STATUSES.includes(checked.metadata.status as CatalogStatus)) {
    throw refuse(
      `the status ${JSON.stringify(
        checked.metadata.status,
      )} is not one of ${CATALOG_STATUSES.join(', ')}.`,
    );
  }
  return checked;
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

/** The text with the edits, which another reader takes for what they are to mean and nothing else. */
const checkedEdit = (
  { text, path, databases }: CatalogFile,
  edits: TextEdit[],
  expectedOf: (before: Record<string, unknown>) => unknown,
  what: string,
): string => {
  const before = strictYamlValue(text, path) as Record<string, unknown>;
  const edited = applyEdits(text, edits);
  if (!isDeepStrictEqual(valueOrNothing(edited, path), expectedOf(before))) {
    throw refusal(
      path,
      text,
      startOf(databases),
      `${what} can't be written here without changing something else; do it by hand.`,
    );
  }
  return edited;
};

const valueOrNothing = (text: string, path: string): unknown => {
  try {
    return strictYamlValue(text, path);
  } catch {
    return undefined;
  }
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

interface NewPair {
  key: string;
  value: object;
}

/** Puts a pair into the map that the parent pair holds, before the first key that is greater. */
const insertPair = (
  text: string,
  parent: Pair,
  map: YAMLMap | undefined,
  added: NewPair,
): TextEdit[] => {
  if (!map || map.items.length === 0) return intoEmpty(text, parent, added);
  const greater = map.items.findIndex(pair => keyOf(pair) > added.key);
  const at = greater === -1 ? map.items.length : greater;
  if (map.flow) return intoFlow(map, at, added);
  const isSpaced = hasBlankLineBetween(
    text,
    ...neighbours(map.items, at).map(pair => [startOf(pair), endOf(pair)]),
  );
  return at === 0
    ? beforeFirst(text, parent, map.items[0], added, isSpaced)
    : after(text, parent, map.items[at - 1], added, isSpaced);
};

/** `parent:`, `parent: null` or `parent: {}`: what stands for nothing makes room. */
const intoEmpty = (text: string, parent: Pair, added: NewPair): TextEdit[] => {
  const start = startOf(parent);
  const eol = lineEndingAt(text, start);
  const indent = indentAt(text, start);
  const [, keyEnd] = (parent.key as { range: [number, number, number] }).range;
  const node = parent.value as { range?: [number, number, number] } | null;
  const [valueStart, valueEnd] = node?.range ?? [keyEnd, keyEnd];
  const isWritten = valueEnd > valueStart;
  if (!isFirstOnLine(text, start)) {
    // Inside a flow map nothing can go on a line of its own.
    const flow = `{ ${flowText(added.key, added.value)} }`;
    return [
      isWritten
        ? { start: valueStart, end: valueEnd, text: flow }
        : { start: valueEnd, end: valueEnd, text: ` ${flow}` },
    ];
  }
  const edits: TextEdit[] = [];
  if (isWritten) {
    const colon = text.lastIndexOf(':', valueStart);
    edits.push({ start: colon + 1, end: valueEnd, text: '' });
  }
  const lineEnd = endOfAttachedLines(
    text,
    nextLineStart(text, isWritten ? valueEnd : keyEnd),
    indent,
  );
  return [
    ...edits,
    linesAt(
      text,
      lineEnd,
      blockLines(added.key, added.value, `${indent}  `, '  '),
      eol,
    ),
  ];
};

const intoFlow = (map: YAMLMap, at: number, added: NewPair): TextEdit[] => {
  const flow = flowText(added.key, added.value);
  if (at === 0) {
    const start = startOf(map.items[0]);
    return [{ start, end: start, text: `${flow}, ` }];
  }
  const end = endOf(map.items[at - 1]);
  return [{ start: end, end, text: `, ${flow}` }];
};

/** Behind what the pair holds, before a comment. */
const endOf = (pair: Pair): number => {
  const value = pair.value as { range?: [number, number, number] } | null;
  const key = pair.key as { range?: [number, number, number] };
  return value?.range?.[1] ?? key.range![1];
};

const COMMENT_LINE = /^[ \t]*#/;

const beforeFirst = (
  text: string,
  parent: Pair,
  first: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const at = startWithComments(text, startOf(first), COMMENT_LINE);
  const { indent, step } = indentsOf(text, parent, first);
  return [
    linesAt(
      text,
      // Comments above the first entry may stand right below the parent's own line, never above it.
      Math.max(at, nextLineStart(text, startOf(parent))),
      [
        ...blockLines(added.key, added.value, indent, step),
        ...(isSpaced ? [''] : []),
      ],
      lineEndingAt(text, startOf(first)),
    ),
  ];
};

const after = (
  text: string,
  parent: Pair,
  previous: Pair,
  added: NewPair,
  isSpaced: boolean,
): TextEdit[] => {
  const { indent, step } = indentsOf(text, parent, previous);
  const end = endOf(previous);
  const isBehindLine = end > 0 && text[end - 1] === '\n';
  const lineEnd = isBehindLine ? end : nextLineStart(text, end);
  return [
    linesAt(
      text,
      endOfAttachedLines(text, lineEnd, indent),
      [
        ...(isSpaced ? [''] : []),
        ...blockLines(added.key, added.value, indent, step),
      ],
      lineEndingAt(text, startOf(previous)),
    ),
  ];
};

/** Comment lines that are indented deeper than the entry belong to it. */
const endOfAttachedLines = (
  text: string,
  offset: number,
  indent: string,
): number => {
  let end = offset;
  while (end < text.length) {
    const line = text.slice(end, nextLineStart(text, end));
    const blanks = /^( *)#/.exec(line)?.[1];
    if (blanks === undefined || blanks.length <= indent.length) break;
    end += line.length;
  }
  return end;
};

const indentsOf = (
  text: string,
  parent: Pair,
  sibling: Pair,
): { indent: string; step: string } => {
  const indent = indentAt(text, startOf(sibling));
  const outer = indentAt(text, startOf(parent));
  return { indent, step: indent.slice(outer.length) || '  ' };
};

const linesAt = (
  text: string,
  offset: number,
  lines: string[],
  eol: string,
): TextEdit => {
  const block = lines.join(eol);
  const isOnNewLine = offset === 0 || text[offset - 1] === '\n';
  return {
    start: offset,
    end: offset,
    // A file that ends without a line ending goes on doing so.
    text: isOnNewLine ? `${block}${eol}` : `${eol}${block}`,
  };
};
