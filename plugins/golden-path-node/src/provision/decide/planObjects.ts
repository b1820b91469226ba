import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { findOwners } from './findOwners';
import type { ObservedServer } from './observation';
import { countByKind, OwnedObject, printCounts } from './ownedObject';
import { quoteIdentifier } from './postgres/sql';
import type { ObjectCount } from './undeclared';

/** One object in a database that doesn't belong to the entry's role. */
export interface ObservedObject extends OwnedObject {
  owner: string;
  isFormerOwner: boolean;
  isOursToGrant: boolean;
  isNeverGranted: boolean;
  /** Whether ALTER … OWNER TO can give this object to an app role. */
  isMovable: boolean;
  /** Schema that holds it. */
  schema: string | null;
  schemaOwner: string | null;
  /** Whether the schema lets the entry's role create in it before the change. */
  isSchemaOpen: boolean;
}

/** Why the master could not look inside a database. */
export interface ObjectsUnseen {
  problem: string;
  /** Whether it lacks CONNECT. */
  isDenied: boolean;
}

/** The objects of one database, seen by the master. */
export type ObjectsSeen = { objects: ObservedObject[] } | ObjectsUnseen;

/** Plans which objects go over to the entry's role, in an order that works: schemas come first. */
export const planObjects = (
  desired: DesiredDatabase,
  objects: readonly ObservedObject[],
  server: ObservedServer,
): { changes: Change[]; findings: Finding[] } => {
  const { databaseName, username } = desired;
  const goesOver = ({ isFormerOwner, isMovable }: ObservedObject) =>
    isFormerOwner && isMovable;
  const movedSchemas = new Set(
    objects
      .filter(one => one.kind === 'schema' && goesOver(one))
      .map(({ schema }) => schema),
  );
  const hasPlace = ({ schema, schemaOwner, isSchemaOpen }: ObservedObject) =>
    schema === null ||
    server.isSuperuser ||
    isSchemaOpen ||
    movedSchemas.has(schema) ||
    // The owner of the database is a member.
    schemaOwner === 'pg_database_owner';
  const moved = objects.filter(one => goesOver(one) && hasPlace(one));
  const shut = objects.filter(one => goesOver(one) && !hasPlace(one));
  const kept = objects.filter(one => !goesOver(one));
  return {
    changes:
      moved.length === 0
        ? []
        : [
            {
              kind: 'adopt objects',
              database: databaseName,
              role: username,
              objects: moved.map(({ kind, identity }) => ({ kind, identity })),
              reason: `they belonged to ${[
                ...new Set(moved.map(({ owner }) => owner)),
              ].join(', ')}`,
            },
          ],
    findings: [
      ...findShutSchemas(desired, shut),
      ...findOwners(desired, countObjects(databaseName, kept), server),
    ],
  };
};

/** The new owner of an object needs CREATE on its schema. */
const findShutSchemas = (
  { databaseName, username }: DesiredDatabase,
  shut: readonly ObservedObject[],
): Finding[] =>
  [...new Set(shut.map(({ schema }) => schema))].map((schema): Finding => {
    const inside = shut.filter(one => one.schema === schema);
    return {
      kind: 'drift',
      text: `In schema ${schema} of database ${databaseName} ${printCounts(
        countByKind(inside),
      )} can't go over to ${username}: it has no CREATE on the schema. Run with --adopt again after this:`,
      remedy: {
        role: inside[0].schemaOwner ?? '',
        database: databaseName,
        sql: `GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(
          schema ?? '',
        )} TO ${quoteIdentifier(username)};`,
      },
    };
  });

const countObjects = (
  database: string,
  objects: readonly ObservedObject[],
): ObjectCount[] =>
  [...new Set(objects.map(({ owner }) => owner))].flatMap(owner => {
    const owned = objects.filter(one => one.owner === owner);
    const { isFormerOwner, isOursToGrant, isNeverGranted } = owned[0];
    return countByKind(owned).map(counted => ({
      ...counted,
      database,
      owner,
      isFormerOwner,
      isOursToGrant,
      isNeverGranted,
    }));
  });
