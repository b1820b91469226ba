import {
  findAttributeStart,
  findHclObject,
  HclItem,
  HclObject,
  parseHclValues,
} from './hcl';
import { FileProblem, lineCounter, place, refusal, refusalOfAll } from './text';

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

interface Databases {
  object: HclObject;
  entries: TfvarsEntry[];
  /** Every attribute of the file. */
  values: Record<string, unknown>;
}

export const readDatabases = async (
  text: string,
  path: string,
  environment: string | undefined,
): Promise<Databases> => {
  const values = await parseHclValues(text, path);
  const object = await findHclObject(text, path, TFVARS_ATTRIBUTE);
  if (!object) {
    throw refusal(
      path,
      text,
      0,
      `there is no ${TFVARS_ATTRIBUTE} in this file; add ${TFVARS_ATTRIBUTE} = {} to it.`,
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
