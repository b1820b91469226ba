import { DEFAULT_CONNECTION_LIMIT } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import {
  DeclaredDatabases,
  Finding,
  getTfvarsKey,
  idOf,
  named,
  show,
} from './declaredDatabases';
import { CHANGE_ALLOWED_LABEL } from './labels';

/**
 * Finds new databases that ask for more than a request gets, without the required label: the right to create databases,
 * more connections, which the databases of an instance share, or a status that only provisioning gives. A revert of a
 * removal has one.
 */
export const findUnapprovedRights = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
  labels: readonly string[],
): Finding[] => {
  // Without a readable base nothing is new, and the change requires the label anyway.
  if (labels.includes(CHANGE_ALLOWED_LABEL) || base.problems.length > 0)
    return [];
  const declared = new Set(base.tfvars.map(found => idOf(getTfvarsKey(found))));
  const listed = new Set(base.catalog.map(idOf));
  const statuses = head.catalog
    .filter(
      found =>
        !listed.has(idOf(found)) && found.entry.metadata.status !== 'pending',
    )
    .map(found => ({
      path: head.catalogPath,
      line: found.line,
      message: `${named(found)} is new with status ${show(
        found.entry.metadata.status,
      )}; write pending, which the first run changes. The label ${CHANGE_ALLOWED_LABEL} allows it.`,
    }));
  const rights = head.tfvars
    .filter(found => !declared.has(idOf(getTfvarsKey(found))))
    .flatMap(found =>
      describeRights(found.entry).map(message => ({
        path: found.path,
        line: found.entry.line,
        message: `${named(
          getTfvarsKey(found),
        )} ${message}. The label ${CHANGE_ALLOWED_LABEL} allows it.`,
      })),
    );
  return [...rights, ...statuses];
};

const describeRights = ({
  createdb,
  connectionLimit: limit,
}: TfvarsEntry): string[] => [
  ...(createdb ? ['is new with createdb = true; leave createdb out'] : []),
  ...(limit < 0 || limit > DEFAULT_CONNECTION_LIMIT
    ? [
        `is new with ${
          limit < 0 ? 'no connection_limit' : `connection_limit = ${limit}`
        }; write connection_limit = ${DEFAULT_CONNECTION_LIMIT} or less`,
      ]
    : []),
];
