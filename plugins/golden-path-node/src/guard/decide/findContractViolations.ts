import {
  declaredFieldProblems,
  DeclaredFields,
  findFieldProblems,
  INSTANCE_CLASSES,
  parseDeclared,
  parseRequest,
  Problem,
  toRequestFields,
  RequestOptions,
  Size,
} from '@goldenpath/plugin-golden-path-common';
import { nameProblems, NAMES } from '../../infraRepo/decide/findEntryProblems';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import {
  DeclaredDatabases,
  Finding,
  idOf,
  named,
  TfvarsDatabase,
} from './declaredDatabases';

/**
 * Checks names in terraform.tfvars. A name that the base has follows the rules for declared databases, a new one the rules
 * for requests. If the base can't be read, all names count as declared.
 */
export const findNameViolations = (
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
        isDeclared ? declaredFieldProblems : findFieldProblems,
      ).map(message => ({
        path: found.path,
        line: found.entry.line,
        message,
      }));
    }),
  );
};

/**
 * Checks new and changed catalog entries. New entries and changed fields follow the rules for requests, as in the form;
 * unchanged fields follow the rules for declared databases.
 */
export const findContractViolations = (
  base: DeclaredDatabases,
  path: string,
  touched: readonly CatalogDatabase[],
  allowed: Pick<RequestOptions, 'environments' | 'domains'>,
): Finding[] => {
  const before = new Map(
    base.catalog.map(found => [
      idOf(found),
      toRequestFields(found, found.entry),
    ]),
  );
  return touched.flatMap(database => {
    const fields = toRequestFields(database, database.entry);
    const was = base.problems.length > 0 ? fields : before.get(idOf(database));
    const messages = [
      ...problemsOf(fields, was, allowed)
        // findNameViolations checks the names, in terraform.tfvars.
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

/** @param was - the fields before the change; undefined if the entry is new */
const problemsOf = (
  fields: DeclaredFields,
  was: DeclaredFields | undefined,
  allowed: RequestOptions,
): Problem[] => {
  const isNew = ({ field }: Problem) =>
    fields[field as keyof DeclaredFields] !==
    was?.[field as keyof DeclaredFields];
  const asNew = listProblems(parseRequest(fields, allowed)).filter(isNew);
  const asDeclared = listProblems(parseDeclared(fields)).filter(
    problem => !isNew(problem),
  );
  return [...asNew, ...asDeclared];
};

const listProblems = (parsed: object | { problems: Problem[] }): Problem[] =>
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
