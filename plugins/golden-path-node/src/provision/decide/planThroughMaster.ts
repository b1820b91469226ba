import type { Change } from './change';
import {
  changeOwner,
  describeGrant,
  describeOpen,
  findBorrowers,
  isSameGrant,
  lendAgain,
  Revoked,
  revokeFromEach,
  revokePrivileges,
} from './grantChains';
import type { DatabaseGrant, ObservedServer } from './observation';

/**
 * Plans the end of a privilege of PUBLIC that no REVOKE by the owner ends: its grantor is a member of the owner, or has
 * lost its grant option. With the master as the owner for one transaction, neither matters.
 * @returns undefined when its grantor keeps the grant option even then
 */
export const planThroughMaster = (
  grants: readonly DatabaseGrant[],
  one: DatabaseGrant,
  {
    database,
    owner,
    server: { currentUser: master },
  }: { database: string; owner: string; server: ObservedServer },
): { grants: DatabaseGrant[]; change: Change } | undefined => {
  const mastersGrants = changeOwner(grants, owner, master).map(grant => ({
    ...grant,
    isOwnersMember: grant.grantor !== master && grant.isMastersMember,
  }));
  const { revoked, ...how } = planRevoke(mastersGrants, one, master);
  if (revoked.grants.some(it => isSameGrant(it, one))) return undefined;
  return {
    grants: changeOwner(revoked.grants, master, owner).map(grant => ({
      ...grant,
      isOwnersMember: grants.some(
        it => it.grantor === grant.grantor && it.isOwnersMember,
      ),
    })),
    change: {
      kind: 'revoke as master',
      database,
      role: owner,
      privilege: one.privilege,
      ...how,
      ends: [describeGrant(one)],
      taken: revoked.taken.map(describeGrant),
      reason: describeOpen([describeGrant(one)]),
    },
  };
};

type How = Pick<
  Extract<Change, { kind: 'revoke as master' }>,
  'from' | 'lendsTo' | 'keeps'
>;

const planRevoke = (
  grants: readonly DatabaseGrant[],
  one: DatabaseGrant,
  master: string,
): How & { revoked: Revoked } => {
  const { grantor, privilege } = one;
  const revokeFrom = (
    from: readonly DatabaseGrant[],
    grantee: string | null,
  ): Revoked =>
    revokePrivileges(from, master, {
      grantee,
      grantor: master,
      privileges: [privilege],
    });
  if (grantor === master)
    return { from: [], revoked: revokeFrom(grants, null) };

  const borrowers = findBorrowers(grants, master, one);
  if (borrowers.length > 0)
    return {
      from: borrowers,
      revoked: revokeFromEach(grants, master, borrowers, privilege),
    };

  const lent = lendAgain(grants, master, one);
  const keeps = grants.some(it =>
    isSameGrant(it, { grantee: grantor, grantor: master, privilege }),
  );
  return {
    from: [grantor],
    lendsTo: grantor,
    keeps,
    revoked: keeps
      ? revokeFromEach(lent, master, [grantor], privilege)
      : revokeFrom(lent, grantor),
  };
};
