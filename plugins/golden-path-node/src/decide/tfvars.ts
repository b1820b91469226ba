import { isDeepStrictEqual } from 'node:util';
import { ConflictError, InputError } from '@backstage/errors';
import {
  findAttributeStart,
  findHclObject,
  HclItem,
  HclObject,
  parseHclValues,
} from './hcl';
import {
  applyEdits,
  FileProblem,
  hasBlankLineBetween,
  indentAt,
  isFirstOnLine,
  lineCounter,
  lineEndingAt,
  lineStart,
  neighbours,
  nextLineStart,
  place,
  refusal,
  refusalOfAll,
  showDifferences,
  startWithComments,
  TextEdit,
} from './text';

/** The attribute of terraform.tfvars that declares the databases. */
export const TFVARS_ATTRIBUTE = 'application_databases';

/** One database of `application_databases`. */
export interface TfvarsEntry {
  /** Names the secret; everything else goes by the database name. */
  key: string;
  databaseName: string;
  username: string;
  /** Whether the role may make databases of its own. */
  createdb: boolean;
  /** Connections that the role may hold; -1 for no limit, as PostgreSQL has it. */
  connectionLimit: number;
  /** The line of the file on which the entry begins, from 1. */
  line: number;
}

/**
 * The databases of a terraform.tfvars, in the order of the file, as Terraform reads it.
 * @param environment whose databases they are to be
 * @throws InputError `path:line:column: reason`, a line each, where the file is not valid, holds anything but literals
 * there, gives a key or attribute twice or one that we don't know, or is another environment's
 */
export const readTfvars = async (
  text: string,
  path: string,
  environment?: string,
): Promise<TfvarsEntry[]> =>
  (await readDatabases(text, path, environment)).entries;

/**
 * Whether an environment's own terraform.tfvars carries the instance too: `rds_config = { enabled = true }`.
 * @throws InputError `path:line:column: reason` where the file is not valid, or this is not a literal
 */
export const readRdsConfigEnabled = async (
  text: string,
  path: string,
): Promise<boolean> => {
  const { rds_config: config } = await parseHclValues(text, path);
  if (config === undefined || config === null) return false;
  const isMap = typeof config === 'object' && !Array.isArray(config);
  const enabled = isMap
    ? (config as Record<string, unknown>).enabled ?? false
    : undefined;
  // Terraform turns the texts into booleans.
  if (enabled === true || enabled === 'true') return true;
  if (enabled === false || enabled === 'false') return false;
  throw new InputError(
    `${path}: can't tell whether rds_config.enabled is true; write rds_config = { enabled = true } with literal values.`,
  );
};

/**
 * The text with one entry more, in alphabetical place, and nothing else changed; the same text where the entry is
 * there already.
 * @throws ConflictError where the database or the role is there with other values
 * @throws InputError `path:line:column: reason` where the file can't be read or edited safely, or is another environment's
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
  if (isAlreadyThere(entries, placeOf, entry)) return text;

  const added = applyEdits(text, insertionOf(text, object, entry));
  const expected = {
    ...values,
    [TFVARS_ATTRIBUTE]: {
      ...(values[TFVARS_ATTRIBUTE] as Record<string, unknown>),
      [entry.databaseName]: {
        database_name: entry.databaseName,
        username: entry.username,
      },
    },
  };
  if (!isDeepStrictEqual(await parseHclValues(added, path), expected)) {
    throw refusal(
      path,
      text,
      object.start,
      `an entry for "${entry.databaseName}" can't be added here without changing something else; add it by hand.`,
    );
  }
  return added;
};

const isAlreadyThere = (
  entries: TfvarsEntry[],
  placeOf: (entry: TfvarsEntry) => string,
  { databaseName, username }: { databaseName: string; username: string },
): boolean => {
  const asked = { key: databaseName, database_name: databaseName, username };
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
      asked,
    );
    if (differences.length === 0) return true;
    throw new ConflictError(
      `${placeOf(
        same,
      )}: database "${databaseName}" is already declared, with other values: ${differences.join(
        '; ',
      )}. Choose another database name, or change the entry by hand.`,
    );
  }
  const roleOf = entries.find(entry => entry.username === username);
  if (roleOf) {
    throw new ConflictError(
      `${placeOf(roleOf)}: role "${username}" already belongs to database "${
        roleOf.databaseName
      }", and "${databaseName}" can't have it too. Choose another database user.`,
    );
  }
  return false;
};

interface Databases {
  object: HclObject;
  entries: TfvarsEntry[];
  /** Every attribute of the file. */
  values: Record<string, unknown>;
}

const readDatabases = async (
  text: string,
  path: string,
  environment: string | undefined,
): Promise<Databases> => {
  const values = await parseHclValues(text, path);
  const object = await findHclObject(text, path, TFVARS_ATTRIBUTE);
  if (!object) {
    throw new InputError(
      `${path}:1:1: there is no ${TFVARS_ATTRIBUTE} in this file; add ${TFVARS_ATTRIBUTE} = {} to it.`,
    );
  }
  const databases = values[TFVARS_ATTRIBUTE] as Record<
    string,
    Record<string, unknown>
  >;
  const problems = await environmentProblems(text, values, environment);
  const report: Report = (offset, reason) => problems.push({ offset, reason });
  const placeOf = (offset: number) => place(path, text, offset);
  const twice = reportDuplicates(object.items, 'the key', placeOf, report);
  const lineOf = lineCounter(text);
  const entries = object.items
    // Of a key that is given twice we know one value only.
    .filter(({ key }) => !twice.has(key))
    .flatMap(
      item =>
        readEntry(item, databases[item.key], {
          line: lineOf(item.start),
          placeOf,
          report,
        }) ?? [],
    );
  if (problems.length > 0) throw refusalOfAll(path, text, problems);
  if (Object.keys(databases).length !== entries.length) {
    throw refusal(
      path,
      text,
      object.start,
      `${TFVARS_ATTRIBUTE} can't be read with certainty; write its keys plainly.`,
    );
  }
  return { object, entries, values };
};

/** A file without an environment may be anybody's. */
const environmentProblems = async (
  text: string,
  { environment: declared }: Record<string, unknown>,
  environment: string | undefined,
): Promise<FileProblem[]> => {
  const isLiteral = declared !== undefined && typeof declared !== 'object';
  if (environment === undefined || !isLiteral || declared === environment)
    return [];
  const [here, asked] = [declared, environment].map(value =>
    JSON.stringify(value),
  );
  return [
    {
      offset: await findAttributeStart(text, 'environment'),
      reason: `environment is ${here} here, and ${asked} is asked for; they must be the same, because secrets are named after the environment. Write environment = ${asked}, or ask for the environment that this file is of.`,
    },
  ];
};

const ENTRY_KEY = /^[A-Za-z0-9_-]+$/;
const ATTRIBUTES = [
  'database_name',
  'username',
  'createdb',
  'connection_limit',
];

/** Takes down what is wrong at a place, so that everything can be told at once. */
type Report = (offset: number, reason: string) => void;

/** @returns undefined where it is no map; what it returns holds only where nothing was reported */
const readEntry = (
  item: HclItem,
  values: Record<string, unknown> | undefined,
  {
    line,
    placeOf,
    report,
  }: { line: number; placeOf(offset: number): string; report: Report },
): TfvarsEntry | undefined => {
  if (!ENTRY_KEY.test(item.key)) {
    report(
      item.start,
      `the key ${JSON.stringify(
        item.key,
      )} can't name a secret; use letters, digits, "_" and "-".`,
    );
  }
  if (item.value.kind !== 'object' || !values) {
    report(
      item.start,
      `"${item.key}" is not a literal map; write it as ${item.key} = { database_name = "…", username = "…" }.`,
    );
    return undefined;
  }
  const attributes = item.value.object.items;
  reportDuplicates(attributes, `"${item.key}": the attribute`, placeOf, report);
  for (const { key, start } of attributes) {
    if (ATTRIBUTES.includes(key)) continue;
    report(
      start,
      `"${item.key}": unknown attribute ${JSON.stringify(
        key,
      )}; there are ${ATTRIBUTES.join(', ')}.`,
    );
  }
  const attribute = (name: string) =>
    attributes.find(({ key }) => key === name);
  const literal = (name: string): string => {
    const found = attribute(name);
    if (!found) {
      report(item.start, `"${item.key}": ${name} is missing.`);
    } else if (found.value.kind !== 'string') {
      report(
        found.value.kind === 'object' ? found.start : found.value.start,
        `"${item.key}": ${name} is not a literal text; write it in quotes.`,
      );
    }
    return values[name] as string;
  };
  const optional = <T>(
    name: string,
    isFit: (value: unknown) => value is T,
    otherwise: T,
    rule: string,
  ): T => {
    const value = values[name] ?? otherwise;
    if (isFit(value)) return value;
    report(attribute(name)!.start, `"${item.key}": ${name} must be ${rule}.`);
    return otherwise;
  };
  return {
    key: item.key,
    databaseName: literal('database_name'),
    username: literal('username'),
    createdb: optional('createdb', isBoolean, false, 'true or false'),
    connectionLimit: optional(
      'connection_limit',
      isConnectionLimit,
      NO_LIMIT,
      'a whole number, or -1 for no limit',
    ),
    line,
  };
};

const NO_LIMIT = -1;
const isBoolean = (value: unknown): value is boolean =>
  typeof value === 'boolean';
/** PostgreSQL's CONNECTION LIMIT is a 32-bit integer. */
const isConnectionLimit = (value: unknown): value is number =>
  Number.isInteger(value) &&
  (value as number) >= NO_LIMIT &&
  (value as number) < 2 ** 31;

/** @returns the keys that are given more than once */
const reportDuplicates = (
  items: HclItem[],
  what: string,
  placeOf: (offset: number) => string,
  report: Report,
): Set<string> => {
  const seen = new Map<string, HclItem>();
  const twice = new Set<string>();
  for (const item of items) {
    const first = seen.get(item.key);
    if (first) {
      twice.add(item.key);
      report(
        item.start,
        `${what} ${JSON.stringify(item.key)} is given twice, first at ${placeOf(
          first.start,
        )}; remove one of them.`,
      );
    } else {
      seen.set(item.key, item);
    }
  }
  return twice;
};

/** The entry goes before the first one whose key is greater, in the manner of its neighbours. */
const insertionOf = (
  text: string,
  object: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const { items } = object;
  if (items.length === 0) return intoEmpty(text, object, entry);
  const greater = items.findIndex(({ key }) => key > entry.databaseName);
  const at = greater === -1 ? items.length : greater;
  const style = {
    hasCommas: items.some(({ hasComma }) => hasComma),
    isSpaced: hasBlankLineBetween(
      text,
      ...neighbours(items, at).map(({ start, end }) => [start, end]),
    ),
  };
  return at === 0
    ? beforeFirst(text, items[0], entry, style)
    : after(text, items[at - 1], items[at], entry, style);
};

/** How the entries around are told apart. */
interface Style {
  hasCommas: boolean;
  isSpaced: boolean;
}

const intoEmpty = (
  text: string,
  { start, end }: HclObject,
  entry: { databaseName: string; username: string },
): TextEdit[] => {
  const eol = lineEndingAt(text, start);
  const outer = indentAt(text, start);
  const inside = text.slice(start + 1, end - 1);
  const lines = entryLines(entry, `${outer}  `, '  ', eol);
  if (inside.trim() === '' && !inside.includes('\n')) {
    return [
      { start: start + 1, end: end - 1, text: `${eol}${lines}${eol}${outer}` },
    ];
  }
  const brace = end - 1;
  if (isFirstOnLine(text, brace)) {
    const lineOfBrace = brace - indentAt(text, brace).length;
    return [{ start: lineOfBrace, end: lineOfBrace, text: `${lines}${eol}` }];
  }
  return [{ start: brace, end: brace, text: `${eol}${lines}${eol}${outer}` }];
};

const COMMENT_LINE = /^[ \t]*(#|\/\/)/;

const beforeFirst = (
  text: string,
  first: HclItem,
  entry: { databaseName: string; username: string },
  { hasCommas, isSpaced }: Style,
): TextEdit[] => {
  if (!isFirstOnLine(text, first.start)) {
    return [
      {
        start: first.start,
        end: first.start,
        text: `${oneLine(entry)}, `,
      },
    ];
  }
  const eol = lineEndingAt(text, first.start);
  const start = startWithComments(text, first.start, COMMENT_LINE);
  const isBeside = !isSpaced && start === lineStart(text, first.start);
  const lines = likeNeighbour(text, first, entry, eol, isBeside);
  return [
    {
      start,
      end: start,
      text: `${lines}${hasCommas ? ',' : ''}${eol}${isSpaced ? eol : ''}`,
    },
  ];
};

/** What may stand behind an entry on its last line: a comma and a comment. */
const REST_OF_LINE =
  /^[ \t]*,?[ \t]*(?:(?:#|\/\/)[^\n]*|\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)?\r?$/;

const after = (
  text: string,
  previous: HclItem,
  next: HclItem | undefined,
  entry: { databaseName: string; username: string },
  { hasCommas, isSpaced }: Style,
): TextEdit[] => {
  const lineEnd = nextLineStart(text, previous.end);
  const rest = text.slice(previous.end, lineEnd).replace(/\n$/, '');
  if (!isFirstOnLine(text, previous.start) || !REST_OF_LINE.test(rest)) {
    return [
      {
        start: previous.end,
        end: previous.end,
        text: `, ${oneLine(entry)}`,
      },
    ];
  }
  const eol = lineEndingAt(text, previous.end);
  const lines = likeNeighbour(text, previous, entry, eol, !isSpaced);
  const isLastWithoutComma = !next && !previous.hasComma;
  const comma = hasCommas && !isLastWithoutComma ? ',' : '';
  const edits = [
    {
      start: lineEnd,
      end: lineEnd,
      text: `${isSpaced ? eol : ''}${lines}${comma}${eol}`,
    },
  ];
  // Commas between all the others: the one that was last needs one now.
  if (hasCommas && !previous.hasComma)
    edits.push({ start: previous.end, end: previous.end, text: ',' });
  return edits;
};

const isOnOneLine = (text: string, item: HclItem) =>
  !text.slice(item.start, item.end).includes('\n');

/** @param isBeside whether no blank line or comment stands between both */
const likeNeighbour = (
  text: string,
  neighbour: HclItem,
  entry: { databaseName: string; username: string },
  eol: string,
  isBeside: boolean,
): string => {
  const indent = indentAt(text, neighbour.start);
  if (isOnOneLine(text, neighbour)) {
    // In a column of one-liners `terraform fmt` lines up the equals signs. A longer key would move all the others', and
    // an entry of several lines moves none.
    const width = neighbour.separator - neighbour.start - 1;
    if (isBeside && keyOf(entry.databaseName).length > width)
      return entryLines(entry, indent, '  ', eol);
    return `${indent}${oneLine(entry, isBeside ? width : 0)}`;
  }
  const [attribute] =
    neighbour.value.kind === 'object' ? neighbour.value.object.items : [];
  const inner =
    attribute && isFirstOnLine(text, attribute.start)
      ? indentAt(text, attribute.start)
      : '';
  const step = inner.startsWith(indent) ? inner.slice(indent.length) : '';
  return entryLines(entry, indent, step || '  ', eol);
};

/** Words that mean something else where a key stands. */
const KEYWORDS = ['for', 'null', 'true', 'false'];
const keyOf = (databaseName: string) =>
  KEYWORDS.includes(databaseName) ? `"${databaseName}"` : databaseName;

const entryLines = (
  { databaseName, username }: { databaseName: string; username: string },
  indent: string,
  step: string,
  eol: string,
): string =>
  [
    `${indent}${keyOf(databaseName)} = {`,
    `${indent}${step}database_name = "${databaseName}"`,
    `${indent}${step}username      = "${username}"`,
    `${indent}}`,
  ].join(eol);

const oneLine = (
  { databaseName, username }: { databaseName: string; username: string },
  keyWidth = 0,
): string =>
  `${keyOf(databaseName).padEnd(
    keyWidth,
  )} = { database_name = "${databaseName}", username = "${username}" }`;
