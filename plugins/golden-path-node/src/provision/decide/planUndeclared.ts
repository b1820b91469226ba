import { nameClone } from './clone';
import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { findOthers } from './findOthers';
import { findOwners, mayGoOver } from './findOwners';
import { findDefaultPrivileges, findMissingSchema } from './findInside';
import {
  findSettings,
  hasDefaultSearchPath,
  listSettings,
} from './findSettings';
import type { DatabaseGrant, Observation } from './observation';
import type { InsideQuestions } from './inside';
import { ObjectsUnseen, planObjects } from './planObjects';

/**
 * Finds what the entry doesn't declare, and plans what --adopt takes over of it.
 * @param left the grants on the database that the planned changes leave
 */
export const planUndeclared = (
  desired: DesiredDatabase,
  observed: Observation,
  left: readonly DatabaseGrant[],
): { changes: Change[]; findings: Finding[]; unseen?: ObjectsUnseen } => {
  const { server, undeclared } = observed;
  const login = observed.logins.get(desired.username);
  const inside = login?.outcome === 'works' ? login.seen : undefined;
  const database = observed.databases.get(desired.databaseName);
  const settings = findSettings(desired, undeclared, {
    creatable: inside?.creatable,
    missesLibrary: login?.outcome === 'shut out' && login.missesLibrary,
    server,
    role: observed.roles.get(desired.username),
    database,
  });
  const seen = observed.objects.get(desired.databaseName);
  // Nothing is changed then: all else is told of the database as it will be.
  if (seen && 'problem' in seen)
    return { changes: [], findings: settings, unseen: seen };
  const name = nameClone(desired.username);
  // Declared as the role of another entry, it is a stranger here.
  const clone = observed.roles.has(name) ? undefined : name;
  const findings = [
    ...settings,
    ...findOthers(
      desired,
      undeclared,
      { now: database?.grants ?? [], left },
      { server, clone },
    ),
    ...(inside
      ? findDefaultPrivileges(desired, inside.defaults, {
          master: server.currentUser,
          clone,
        })
      : []),
    ...(inside && hasDefaultSearchPath(desired, undeclared)
      ? findMissingSchema(desired, inside)
      : []),
  ];
  if (seen) {
    const objects = planObjects(desired, seen.objects, server);
    return { ...objects, findings: [...findings, ...objects.findings] };
  }
  return {
    changes: [],
    findings: [...findings, ...findOwners(desired, undeclared.owners, server)],
  };
};

/**
 * Decides what a login asks inside its database: a check asks in every one, any run where a setting names the schemas.
 * Default privileges are asked for only where there are any.
 */
export const selectQuestions = (
  desired: DesiredDatabase,
  { undeclared }: Pick<Observation, 'undeclared'>,
  isCheck: boolean,
): InsideQuestions | undefined => {
  const hasSearchPath = listSettings(desired, undeclared).some(
    ({ name }) => name === 'search_path',
  );
  return isCheck || hasSearchPath
    ? { defaults: undeclared.withDefaults.includes(desired.databaseName) }
    : undefined;
};

/**
 * Selects the databases inside which the master looks for objects to adopt: its own, and those with objects that go over.
 * pg_shdepend doesn't have those of the bootstrap superuser.
 */
export const selectAdoptionCandidates = (
  desired: readonly DesiredDatabase[],
  { server, databases, undeclared }: Omit<Observation, 'objects'>,
): DesiredDatabase[] => {
  const withObjects = new Set(
    undeclared.owners.filter(mayGoOver).map(({ database }) => database),
  );
  return desired.filter(({ databaseName }) => {
    const database = databases.get(databaseName);
    return (
      database &&
      (database.owner === server.currentUser ||
        server.currentUser === server.superuser ||
        withObjects.has(databaseName))
    );
  });
};
