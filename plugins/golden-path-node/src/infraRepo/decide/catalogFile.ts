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
import { refusal } from './text';
import { isMerge, keyOf, own, pairNamed, pairsOf, startOf } from './yamlMap';

export const withEntries = (
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

export interface CatalogFile {
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

export type RawEntry = Record<
  'metadata' | 'configuration',
  Record<string, unknown>
>;

export const openCatalog = (text: string, path: string): CatalogFile => {
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

export type Refuse = (offset: number, reason: string) => InputError;

/** The map of a pair; undefined where there is nothing yet. */
export const mapIn = (
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
