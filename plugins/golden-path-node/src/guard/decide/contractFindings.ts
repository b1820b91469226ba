import {
  declaredFieldProblems,
  DeclaredFields,
  fieldProblems,
  INSTANCE_CLASSES,
  parseDeclared,
  parseRequest,
  Problem,
  requestFieldsOf,
  RequestOptions,
  Size,
} from '@goldenpath/plugin-golden-path-common';
import { nameProblems, NAMES } from '../../infraRepo/decide/entryProblems';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import {
  DeclaredDatabases,
  Finding,
  idOf,
  named,
  TfvarsDatabase,
} from './declaredDatabases';

/**
 * Names in terraform.tfvars. One that the base has already keeps the rules for what is declared, a new one those for
 * requests. Where the base can't be read nobody knows which are new, and all count as declared.
 */
export const nameFindings = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
): Finding[] => {
  const nameId = (
    { environment, entry }: TfvarsDatabase,
    field: (typeof NAMES)[number],
  ) => [environment, field, entry[field]].join('/');
  const before = new Set(
    base.tfvars.flatMap(found => NAMES.map(field => nameId(found, field))),
  );
  return head.tfvars.flatMap(found =>
    NAMES.flatMap(field => {
      const isDeclared =
        base.problems.length > 0 || before.has(nameId(found, field));
      return nameProblems(
        found.entry,
        field,
        isDeclared ? declaredFieldProblems : fieldProblems,
      ).map(message => ({
        path: found.path,
        line: found.entry.line,
        message,
      }));
    }),
  );
};

/**
 * Entries of the catalog that are new or changed. New ones, and fields that are changed, keep the rules for requests, as
 * if the form had made them; other fields those for what is declared.
 */
export const contractFindings = (
  base: DeclaredDatabases,
  path: string,
  touched: readonly CatalogDatabase[],
  allowed: Pick<RequestOptions, 'environments' | 'domains'>,
): Finding[] => {
  const before = new Map(
    base.catalog.map(found => [
      idOf(found),
      requestFieldsOf(found, found.entry),
    ]),
  );
  return touched.flatMap(database => {
    const fields = requestFieldsOf(database, database.entry);
    const was = base.problems.length > 0 ? fields : before.get(idOf(database));
    const messages = [
      ...problemsOf(fields, was, allowed)
        // The names are asked of terraform.tfvars, where they are used.
        .filter(({ field }) => !(NAMES as readonly string[]).includes(field))
        .map(({ message }) => message),
      ...instanceClassProblems(database),
    ];
    return messages.map(message => ({
      path,
      line: database.line,
      message: `${named(database)}: ${message}`,
    }));
  });
};

/** @param was - the fields before the change; undefined where all are new */
const problemsOf = (
  fields: DeclaredFields,
  was: DeclaredFields | undefined,
  allowed: RequestOptions,
): Problem[] => {
  const isNew = ({ field }: Problem) =>
    fields[field as keyof DeclaredFields] !==
    was?.[field as keyof DeclaredFields];
  const asNew = problemsIn(parseRequest(fields, allowed)).filter(isNew);
  const asDeclared = problemsIn(parseDeclared(fields)).filter(
    problem => !isNew(problem),
  );
  return [...asNew, ...asDeclared];
};

const problemsIn = (parsed: object | { problems: Problem[] }): Problem[] =>
  'problems' in parsed ? parsed.problems : [];

const instanceClassProblems = ({ entry }: CatalogDatabase): string[] => {
  const { size_tier: size, instance_class: actual } = entry.configuration;
  const expected = Object.hasOwn(INSTANCE_CLASSES, size)
    ? INSTANCE_CLASSES[size as Size]
    : undefined;
  return expected && actual !== expected
    ? [
        `Size: ${size} means the instance class ${expected}. Got ${JSON.stringify(
          actual,
        )}.`,
      ]
    : [];
};
