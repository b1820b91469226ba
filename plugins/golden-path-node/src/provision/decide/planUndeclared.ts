import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { findOthers } from './findOthers';
import { findOwners, mayGoOver } from './findOwners';
import { findSettings } from './findSettings';
import type { Observation } from './observation';
import { planObjects } from './planObjects';

/** Finds what the entry doesn't declare, and plans what --adopt takes over of it. */
export const planUndeclared = (
  desired: DesiredDatabase,
  observed: Observation,
): { changes: Change[]; findings: Finding[]; problem?: string } => {
  const { server, undeclared } = observed;
  const findings = [
    ...findSettings(desired, undeclared, {
      server,
      role: observed.roles.get(desired.username),
      database: observed.databases.get(desired.databaseName),
    }),
    ...findOthers(desired, undeclared, server),
  ];
  const seen = observed.objects.get(desired.databaseName);
  if (seen && 'objects' in seen) {
    const objects = planObjects(desired, seen.objects, server);
    return { ...objects, findings: [...findings, ...objects.findings] };
  }
  return {
    changes: [],
    findings: [...findings, ...findOwners(desired, undeclared.owners, server)],
    ...(seen ? { problem: seen.problem } : {}),
  };
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
