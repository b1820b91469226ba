import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import {
  changeOwner,
  findBorrowers,
  lendAgain,
  revokeGrantOption,
} from './grantChains';
import type {
  DatabaseGrant,
  ObservedDatabase,
  ObservedServer,
} from './observation';

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
  const isEnding = (one: DatabaseGrant) =>
    endsWithin(grants, owner, one, findBorrowers(grants, owner, one));
  const ending = borrowed.filter(isEnding);
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
  for (const one of borrowed.filter(it => !ending.includes(it))) {
    const planned = planThroughMaster(grants, one, context);
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

interface Context {
  database: string;
  owner: string;
  server: ObservedServer;
}

const describeOpen = (open: readonly string[]): string =>
  `only its owner may connect; ${open.join(', ')}`;

export const describeGrant = ({ grantee, privilege, grantor }: DatabaseGrant) =>
  `${grantee === null ? 'PUBLIC' : grantee} has ${privilege} from ${grantor}`;

/** Whether revoking the grant option from these roles ends a grant. */
const endsWithin = (
  grants: readonly DatabaseGrant[],
  owner: string,
  one: DatabaseGrant,
  borrowers: readonly string[],
): boolean => {
  const left = borrowers.reduce<readonly DatabaseGrant[]>(
    (now, from) => revokeGrantOption(now, owner, from, [one.privilege]).grants,
    grants,
  );
  return !left.some(
    ({ grantee, grantor, privilege }) =>
      grantee === one.grantee &&
      grantor === one.grantor &&
      privilege === one.privilege,
  );
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

/**
 * CASCADE leaves what a member of the owner granted, and what nobody lent. With the master as the owner for one
 * transaction, it doesn't.
 */
const planThroughMaster = (
  grants: readonly DatabaseGrant[],
  one: DatabaseGrant,
  { database, owner, server }: Context,
): { grants: DatabaseGrant[]; change: Change } | undefined => {
  const master = server.currentUser;
  const theirs = changeOwner(grants, owner, master).map(grant => ({
    ...grant,
    isOwnersMember: grant.grantor !== master && grant.isMastersMember,
  }));
  const change = {
    kind: 'revoke as master' as const,
    database,
    role: owner,
    privilege: one.privilege,
    ends: [describeGrant(one)],
    reason: describeOpen([describeGrant(one)]),
  };
  const back = (left: readonly DatabaseGrant[]) =>
    changeOwner(left, master, owner).map(grant => ({
      ...grant,
      isOwnersMember:
        grants.find(({ grantor }) => grantor === grant.grantor)
          ?.isOwnersMember ?? false,
    }));
  if (one.grantor === master) {
    return {
      grants: back(
        theirs.filter(
          ({ grantee, grantor, privilege }) =>
            grantee !== null ||
            grantor !== master ||
            privilege !== one.privilege,
        ),
      ),
      change: { ...change, from: [], taken: [] },
    };
  }
  const lenders = findBorrowers(theirs, master, one);
  const lent = lenders.length > 0 ? theirs : lendAgain(theirs, master, one);
  const from = lenders.length > 0 ? lenders : [one.grantor];
  const keeps = theirs.some(
    ({ grantee, grantor, privilege }) =>
      grantee === one.grantor &&
      grantor === master &&
      privilege === one.privilege,
  );
  if (!endsWithin(lent, master, one, from)) return undefined;
  const taken: DatabaseGrant[] = [];
  const left = from.reduce<DatabaseGrant[]>((now, role) => {
    const revoked = revokeGrantOption(now, master, role, [one.privilege]);
    taken.push(...revoked.taken);
    return revoked.grants;
  }, lent);
  return {
    grants: back(
      lenders.length > 0 || keeps
        ? left
        : left.filter(
            ({ grantee, grantor, privilege }) =>
              grantee !== one.grantor ||
              grantor !== master ||
              privilege !== one.privilege,
          ),
    ),
    change: {
      ...change,
      from,
      ...(lenders.length > 0 ? {} : { lendsTo: one.grantor, keeps }),
      taken: taken.map(describeGrant),
    },
  };
};
