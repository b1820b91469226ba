import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import {
  changeOwner,
  describeGrant,
  describeOpen,
  findBorrowers,
  isSameGrant,
  revokeFromEach,
  revokeGrantOption,
} from './grantChains';
import type {
  DatabaseGrant,
  ObservedDatabase,
  ObservedServer,
} from './observation';
import { planThroughMaster } from './planThroughMaster';

/** All database privileges. */
export const DATABASE_PRIVILEGES = ['CREATE', 'TEMPORARY', 'CONNECT'];
/** PUBLIC's default privileges on a new database. */
const PUBLIC_BY_DEFAULT = ['CONNECT', 'TEMPORARY'];

const ownersGrants = (
  owner: string,
  grantee: string | null,
  privileges: readonly string[],
): DatabaseGrant[] =>
  privileges.map(privilege => ({
    grantee,
    grantor: owner,
    privilege,
    isGrantable: false,
    isOwnersMember: false,
    isMastersMember: false,
    inherits: [],
  }));

/** What CREATE DATABASE grants: PUBLIC's defaults; its owner has all. */
export const grantsOfNewDatabase = (owner: string): DatabaseGrant[] => [
  ...ownersGrants(owner, null, PUBLIC_BY_DEFAULT),
  ...ownersGrants(owner, owner, DATABASE_PRIVILEGES),
];

export interface PlannedPrivileges {
  /** In this order. `isMasters`: the master runs them, they change the owner for the length of their transaction. */
  groups: Array<{ isMasters: boolean; changes: Change[] }>;
  /** What they leave; of PUBLIC's only what no change ends. */
  left: DatabaseGrant[];
}

/**
 * Plans REVOKE and GRANT on a database. A REVOKE ends only what its grantor granted: PUBLIC's privileges from other
 * grantors go with the grant option that the owner gave them.
 */
export const planPrivileges = (
  { databaseName, username: owner }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  server: ObservedServer,
): PlannedPrivileges => {
  const context = { database: databaseName, owner, server };
  let grants = database
    ? changeOwner(database.grants, database.owner, owner)
    : grantsOfNewDatabase(owner);
  const open = grants.filter(({ grantee }) => grantee === null);
  const chains: Change[] = [];
  const byMaster: Change[] = [];
  const closing: Change[] = [];

  const borrowed = open.filter(({ grantor }) => grantor !== owner);
  const ending = borrowed.filter(one => {
    const from = findBorrowers(grants, owner, one);
    const { grants: left } = revokeFromEach(grants, owner, from, one.privilege);
    return !left.some(it => isSameGrant(it, one));
  });
  for (const [from, privileges] of groupByBorrower(grants, owner, ending)) {
    const revoked = revokeGrantOption(grants, owner, from, privileges);
    grants = revoked.grants;
    const ends = ending
      .filter(({ privilege }) => privileges.includes(privilege))
      .map(describeGrant);
    chains.push({
      kind: 'revoke grant option',
      database: databaseName,
      from,
      privileges,
      ends,
      taken: revoked.taken.map(describeGrant),
      reason: describeOpen(ends),
    });
  }
  for (const one of borrowed) {
    const planned =
      grants.some(it => isSameGrant(it, one)) &&
      planThroughMaster(grants, one, context);
    if (planned) {
      grants = planned.grants;
      byMaster.push(planned.change);
    }
  }

  // The master's own grants may have become the owner's.
  const own = grants.filter(
    ({ grantee, grantor }) => grantee === null && grantor === owner,
  );
  if (own.length > 0) {
    closing.push({
      kind: 'revoke from public',
      database: databaseName,
      privileges: own.map(({ privilege }) => privilege),
      reason: database
        ? describeOpen(own.map(describeGrant))
        : 'PUBLIC has them in a new database; only its owner may connect',
    });
  }
  const missing = DATABASE_PRIVILEGES.filter(
    privilege =>
      !grants.some(one => one.grantee === owner && one.privilege === privilege),
  );
  if (missing.length > 0 || !database) {
    closing.push({
      kind: 'grant to owner',
      database: databaseName,
      role: owner,
      reason: database
        ? `its owner lacks ${missing.join(', ')}`
        : 'its owner has all privileges',
    });
  }
  const groups =
    byMaster.length > 0
      ? [
          { isMasters: false, changes: chains },
          { isMasters: true, changes: byMaster },
          { isMasters: false, changes: closing },
        ]
      : [{ isMasters: false, changes: [...chains, ...closing] }];
  return { groups, left: grants.filter(one => !own.includes(one)) };
};

/** The privileges to revoke from each role that the owner lent them to. */
const groupByBorrower = (
  grants: readonly DatabaseGrant[],
  owner: string,
  ending: readonly DatabaseGrant[],
): Map<string, string[]> => {
  const grouped = new Map<string, string[]>();
  for (const one of ending) {
    for (const from of findBorrowers(grants, owner, one)) {
      const privileges = grouped.get(from) ?? [];
      if (!privileges.includes(one.privilege))
        grouped.set(from, [...privileges, one.privilege]);
    }
  }
  return grouped;
};
