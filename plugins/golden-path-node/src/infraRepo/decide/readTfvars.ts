import {
  findAttributeStart,
  findHclObject,
  HclItem,
  HclObject,
  parseHclValues,
} from './hcl';
import {
  FileProblem,
  createLineCounter,
  place,
  createFileError,
  createFileErrors,
} from './text';

/** The attribute of terraform.tfvars that declares the databases. */
export const TFVARS_ATTRIBUTE = 'application_databases';

/**
 * One database of `application_databases`.
 *
 * @public
 */
export interface TfvarsEntry {
  /** Key of the entry; it names the secret. */
  key: string;
  databaseName: string;
  username: string;
  /** Whether the role may create databases (CREATEDB). */
  createdb: boolean;
  /** Connection limit of the role; -1: no limit, as in PostgreSQL. */
  connectionLimit: number;
  /** First line of the entry, from 1. */
  line: number;
}

/**
 * Reads the databases of a terraform.tfvars, in file order, with the values that Terraform reads.
 * @param environment - the environment that the file must be for
 * @throws InputError `path:line:column: reason`, one per line, when the file is invalid, has expressions, duplicate
 * keys or unknown attributes in the map, or is for another environment
 *
 * @public
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
    throw createFileError(
      path,
      text,
      0,
      `${TFVARS_ATTRIBUTE} is missing; add ${TFVARS_ATTRIBUTE} = {}.`,
    );
  }
  const databases = values[TFVARS_ATTRIBUTE] as Record<
    string,
    Record<string, unknown>
  >;
  const problems = await findEnvironmentProblems(text, values, environment);
  const report: Report = (offset, reason) => problems.push({ offset, reason });
  const placeOf = (offset: number) => place(path, text, offset);
  const twice = reportDuplicates(object.items, 'the key', placeOf, report);
  const lineOf = createLineCounter(text);
  const entries = object.items
    // The values hold only one entry per duplicate key.
    .filter(({ key }) => !twice.has(key))
    .flatMap(
      item =>
        readEntry(item, databases[item.key], {
          line: lineOf(item.start),
          placeOf,
          report,
        }) ?? [],
    );
  if (problems.length > 0) throw createFileErrors(path, text, problems);
  if (Object.keys(databases).length !== entries.length) {
    throw createFileError(
      path,
      text,
      object.start,
      `${TFVARS_ATTRIBUTE} has ambiguous keys; write them as plain names.`,
    );
  }
  return { object, entries, values };
};

/** Compares the file's `environment`, if any, with the requested one. */
const findEnvironmentProblems = async (
  text: string,
  { environment: declared }: Record<string, unknown>,
  environment: string | undefined,
): Promise<FileProblem[]> => {
  const reason =
    environment && describeForeignEnvironment(declared, environment);
  return reason
    ? [{ offset: await findAttributeStart(text, 'environment'), reason }]
    : [];
};

/** Explains why a value of the variable `environment` is wrong for an environment; undefined when it isn't. */
export const describeForeignEnvironment = (
  declared: unknown,
  environment: string,
): string | undefined => {
  const isLiteral = declared !== undefined && typeof declared !== 'object';
  if (!isLiteral || declared === environment) return undefined;
  const [actual, requested] = [declared, environment].map(value =>
    JSON.stringify(value),
  );
  return `environment is ${actual} here, but ${requested} is requested; secrets are named after it, so both must be equal. Write environment = ${requested}, or request the environment of this file.`;
};

const ENTRY_KEY = /^[A-Za-z0-9_-]+$/;
const ATTRIBUTES = [
  'database_name',
  'username',
  'createdb',
  'connection_limit',
];

/** Collects a problem at an offset; all are reported together. */
type Report = (offset: number, reason: string) => void;

/** @returns undefined when it is not a map; the entry is valid only when no problem was reported */
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
      )} is not allowed: it names a secret; use letters, digits, "_" and "-".`,
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
      )}; use ${ATTRIBUTES.join(', ')}.`,
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

/** @returns the duplicate keys */
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
