import { InputError } from '@backstage/errors';
import {
  CATALOG_STATUSES,
  CatalogStatus,
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
import { createFileError } from './text';
import {
  isMerge,
  keyOf,
  getOwn,
  findPair,
  listPairs,
  startOf,
} from './yamlMap';

export const setEntries = (
  value: Record<string, unknown>,
  environment: string,
  entries: Record<string, object>,
): Record<string, unknown> => ({
  ...value,
  databases: {
    ...(value.databases as object),
    [environment]: {
      ...(getOwn(value.databases, environment) as object),
      ...entries,
    },
  },
});

export interface CatalogFile {
  text: string;
  path: string;
  /** The value of the whole file. */
  value: Record<string, unknown>;
  root: YAMLMap;
  /** The pair `databases`. */
  databases: Pair;
  environments(): Array<{ name: string; map: YAMLMap | undefined }>;
  /** The databases of one environment. */
  environment(name: string): YAMLMap | undefined;
  /** Reads and checks one entry. */
  entryOf(environment: string, pair: Pair): RawEntry;
}

export type RawEntry = Record<
  'metadata' | 'configuration',
  Record<string, unknown>
>;

export const openCatalog = (text: string, path: string): CatalogFile => {
  const document = parse(text, path);
  const refuse = (offset: number, reason: string) =>
    createFileError(path, text, offset, reason);
  const root = document.contents;
  if (!isMap(root)) {
    throw refuse(
      0,
      'this is not a catalog; it must begin with version: "1.0".',
    );
  }
  const value = toValue(document, path) as Record<string, unknown>;
  if (!['1.0', 1, undefined].includes(value.version as string)) {
    throw refuse(
      startOf(findPair(root, 'version')),
      `the catalog's version is ${JSON.stringify(
        value.version,
      )}, and only "1.0" is supported; update goldenpath-rds.`,
    );
  }
  const databases = findPair(root, 'databases');
  if (!databases) {
    throw refuse(0, '"databases" is missing; add databases: {}.');
  }
  const databasesMap = readMap(databases, refuse, 'databases');
  refuseFlatShape(databasesMap, refuse);

  return {
    text,
    path,
    value,
    root,
    databases,
    environments: () =>
      listPairs(databasesMap)
        .filter(pair => !isMerge(pair))
        .map(pair => ({
          name: keyOf(pair),
          map: readMap(pair, refuse, `databases.${keyOf(pair)}`),
        })),
    environment: name => {
      const pair = findPair(databasesMap, name);
      return pair && readMap(pair, refuse, `databases.${name}`);
    },
    entryOf: (environment, pair) =>
      checkEntry(
        getOwn(
          getOwn(value.databases, environment) as Record<string, unknown>,
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
    throw createFileError(
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
      throw createFileError(
        path,
        text,
        range?.[0] ?? 0,
        `this alias has no anchor &${source} before it; write the value out.`,
      );
    },
    Map: (_, map) => {
      remember(_, map);
      const keys = new Set<string>();
      for (const pair of map.items as Pair[]) {
        const key = keyOf(pair);
        if (keys.has(key) && !isMerge(pair)) {
          throw createFileError(
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

/** Without `uniqueKeys`: yaml compares every two keys, 0.5 s for 5,000. The check above is faster. */
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

export type Refuse = (offset: number, reason: string) => InputError;

/** Reads the map of a pair; undefined when the value is empty. */
export const readMap = (
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
      ? `${what} is an alias, and a new entry would appear elsewhere too; write its databases out.`
      : `${what} is not a map of databases.`,
  );
};

const refuseFlatShape = (
  databases: YAMLMap | undefined,
  refuse: Refuse,
): void => {
  for (const pair of listPairs(databases)) {
    const parts = isMap(pair.value)
      ? [pair.value.get('metadata'), pair.value.get('configuration')]
      : [];
    // A database may be named metadata; its values are maps.
    if (parts.some(part => isMap(part) && part.items.some(hasScalarValue))) {
      const name = keyOf(pair);
      throw refuse(
        startOf(pair),
        `this catalog has the older flat shape: "${name}" is directly under "databases". Move every entry under its environment, as databases: { <environment>: { ${name}: … } }, and send the request again.`,
      );
    }
  }
};

const hasScalarValue = ({ value }: Pair) => isScalar(value);

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

const checkEntry = (
  entry: unknown,
  refuse: (reason: string) => InputError,
): RawEntry => {
  const part = (name: 'metadata' | 'configuration', fields: string[]) => {
    const values = getOwn(entry, name);
    if (typeof values !== 'object' || values === null)
      throw refuse(`${name} is missing.`);
    const absent = fields.filter(
      field => typeof getOwn(values, field) !== 'string',
    );
    if (absent.length > 0) {
      throw refuse(`${name} requires ${absent.join(', ')}, as text.`);
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
