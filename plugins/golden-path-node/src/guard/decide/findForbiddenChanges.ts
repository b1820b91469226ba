import { REMOVAL_ALLOWED_LABEL } from '@goldenpath/plugin-golden-path-common';
import type {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  DeclaredDatabases,
  differencesBetween,
  Finding,
  idOf,
  getTfvarsKey,
  named,
  show,
} from './declaredDatabases';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { CHANGE_ALLOWED_LABEL } from './labels';

/** The values of an entry, without the status, which provisioning updates. */
export const catalogValues = ({
  metadata,
  configuration,
}: CatalogEntry): Record<string, unknown> => {
  const { status, ...lasting } = metadata;
  return { ...lasting, ...configuration };
};

const tfvarsValues = ({
  key,
  username,
  createdb,
  connectionLimit,
}: TfvarsEntry): Record<string, unknown> => ({
  key,
  username,
  createdb,
  connection_limit: connectionLimit,
});

/** A database as one of the two files declares it. */
interface Declaration {
  kind: 'tfvars' | 'catalog';
  key: RequestKey;
  path: string;
  line: number;
  values: Record<string, unknown>;
}

const declarationId = ({ kind, key }: Declaration) => `${kind}/${idOf(key)}`;

const declarations = ({
  tfvars,
  catalog,
  catalogPath,
}: DeclaredDatabases): Declaration[] => [
  ...tfvars.map(
    (database): Declaration => ({
      kind: 'tfvars',
      key: getTfvarsKey(database),
      path: database.path,
      line: database.entry.line,
      values: tfvarsValues(database.entry),
    }),
  ),
  ...catalog.map(
    (database): Declaration => ({
      kind: 'catalog',
      key: database,
      path: catalogPath,
      line: database.line,
      values: catalogValues(database.entry),
    }),
  ),
];

/** Finds databases that are changed or removed without the required label. */
export const findForbiddenChanges = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
  labels: readonly string[],
): Finding[] => {
  const mayChange = labels.includes(CHANGE_ALLOWED_LABEL);
  const mayRemove = labels.includes(REMOVAL_ALLOWED_LABEL);
  if (base.problems.length > 0) {
    return mayChange && mayRemove
      ? []
      : base.problems.map(({ path, line, message }) => ({
          path,
          line,
          message: `can't compare with the base, because its version of this file can't be read: ${message} A pull request that fixes it requires the labels ${CHANGE_ALLOWED_LABEL} and ${REMOVAL_ALLOWED_LABEL}.`,
        }));
  }
  const before = declarations(base);
  const after = declarations(head);
  return [
    ...(mayChange ? [] : changedFindings(before, after)),
    ...(mayRemove ? [] : removedFindings(before, after)),
    ...mixedFindings(before, after),
  ];
};

/**
 * Finds a removal that doesn't stand alone. Two people approve a removal; nothing else may pass along with it, and what
 * looks like another name would be a new and empty database.
 */
const mixedFindings = (
  before: readonly Declaration[],
  after: readonly Declaration[],
): Finding[] => {
  const left = new Set(after.map(({ key }) => idOf(key)));
  const previous = new Map(before.map(found => [declarationId(found), found]));
  const removed = before.filter(({ key }) => !left.has(idOf(key)));
  const changed = after.filter(is => {
    const was = previous.get(declarationId(is));
    return !was || differencesBetween(was.values, is.values).length > 0;
  });
  const touched = new Map(
    [...removed, ...changed].map(({ key }) => [idOf(key), named(key)]),
  );
  if (removed.length === 0 || touched.size < 2) return [];
  const isFirst = ({ key }: Declaration, index: number) =>
    removed.findIndex(other => idOf(other.key) === idOf(key)) === index;
  return removed.filter(isFirst).map(was => {
    const others = [...touched].filter(([id]) => id !== idOf(was.key));
    return {
      path: was.path,
      line: was.line,
      message: `${named(was.key)} is removed together with a change of ${others
        .map(([, name]) => name)
        .join(', ')}; no label allows that. Use a pull request for each.`,
    };
  });
};

const changedFindings = (
  before: readonly Declaration[],
  after: readonly Declaration[],
): Finding[] => {
  const previous = new Map(before.map(found => [declarationId(found), found]));
  return after.flatMap(is => {
    const was = previous.get(declarationId(is));
    const differences = was ? differencesBetween(was.values, is.values) : [];
    if (differences.length === 0) return [];
    const changes = differences.map(
      ({ name, before: old, after: changed }) =>
        `${name} was ${show(old)} and is ${show(changed)}`,
    );
    return [
      {
        path: is.path,
        line: is.line,
        message: `${named(is.key)} is changed: ${changes.join(
          '; ',
        )}. The label ${CHANGE_ALLOWED_LABEL} allows it.`,
      },
    ];
  });
};

const removedFindings = (
  before: readonly Declaration[],
  after: readonly Declaration[],
): Finding[] => {
  const left = new Set(after.map(declarationId));
  return before
    .filter(was => !left.has(declarationId(was)))
    .map(was => ({
      path: was.path,
      line: was.line,
      message: `${named(
        was.key,
      )}, declared in this line of the base, is removed. The label ${REMOVAL_ALLOWED_LABEL}, with an approving review by a second person, allows it.`,
    }));
};
