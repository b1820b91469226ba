import type { DatabaseGrant } from './observation';

/** What a database's owner, and whoever depends on its grants, have after one statement. */
export interface Revoked {
  grants: DatabaseGrant[];
  /** What went with it, by way of CASCADE. */
  taken: DatabaseGrant[];
}

type Key = Pick<DatabaseGrant, 'grantee' | 'grantor' | 'privilege'>;

export const isSameGrant = (a: Key, b: Key): boolean =>
  a.grantee === b.grantee &&
  a.grantor === b.grantor &&
  a.privilege === b.privilege;

/** The grants after ALTER DATABASE … OWNER TO: the new owner replaces the old one as grantee and as grantor (`aclnewowner`). */
export const changeOwner = (
  grants: readonly DatabaseGrant[],
  from: string,
  to: string,
): DatabaseGrant[] => {
  if (from === to) return [...grants];
  const renamed = grants.map(grant => ({
    ...grant,
    grantee: grant.grantee === from ? to : grant.grantee,
    grantor: grant.grantor === from ? to : grant.grantor,
  }));
  return renamed
    .filter(
      (grant, n) => renamed.findIndex(one => isSameGrant(one, grant)) === n,
    )
    .map(grant => ({
      ...grant,
      isOwnersMember: grant.grantor !== to && grant.isOwnersMember,
      isGrantable: renamed.some(
        one => isSameGrant(one, grant) && one.isGrantable,
      ),
    }));
};

/**
 * Lists the roles to which the owner itself gave the grant option that a grantor has, directly or through others. The
 * owner can revoke only what it granted.
 */
export const findBorrowers = (
  grants: readonly DatabaseGrant[],
  owner: string,
  { privilege, grantor }: DatabaseGrant,
): string[] => {
  const lent = grants.filter(
    one => one.privilege === privilege && one.isGrantable,
  );
  const upstream = new Set([grantor]);
  for (const role of upstream) {
    for (const one of lent)
      if (one.grantee === role && one.grantor !== owner)
        upstream.add(one.grantor);
  }
  return lent.flatMap(({ grantee, grantor: from }) =>
    from === owner &&
    grantee !== null &&
    grantee !== owner &&
    upstream.has(grantee)
      ? [grantee]
      : [],
  );
};

/** The grants after REVOKE GRANT OPTION FOR … CASCADE by the owner. */
export const revokeGrantOption = (
  grants: readonly DatabaseGrant[],
  owner: string,
  from: string,
  privileges: readonly string[],
): Revoked =>
  cascade(
    grants.map(grant =>
      grant.grantor === owner &&
      grant.grantee === from &&
      privileges.includes(grant.privilege)
        ? { ...grant, isGrantable: false }
        : grant,
    ),
    owner,
    from,
    privileges,
  );

/** The grants after {@link revokeGrantOption} from one role after the other. */
export const revokeFromEach = (
  grants: readonly DatabaseGrant[],
  owner: string,
  roles: readonly string[],
  privilege: string,
): Revoked =>
  roles.reduce<Revoked>(
    (before, from) => {
      const after = revokeGrantOption(before.grants, owner, from, [privilege]);
      return { ...after, taken: [...before.taken, ...after.taken] };
    },
    { grants: [...grants], taken: [] },
  );

/** The grants after REVOKE … CASCADE by their grantor. */
export const revokePrivileges = (
  grants: readonly DatabaseGrant[],
  owner: string,
  {
    grantee,
    grantor,
    privileges,
  }: { grantee: string | null; grantor: string; privileges: readonly string[] },
): Revoked => {
  const revoked = grants.filter(
    one =>
      one.grantee === grantee &&
      one.grantor === grantor &&
      privileges.includes(one.privilege),
  );
  return cascade(
    grants.filter(one => !revoked.includes(one)),
    owner,
    grantee,
    revoked
      .filter(({ isGrantable }) => isGrantable)
      .map(({ privilege }) => privilege),
  );
};

/** Ends what a role granted, unless it keeps the grant option in another way (`recursive_revoke`). */
const cascade = (
  grants: DatabaseGrant[],
  owner: string,
  from: string | null,
  privileges: readonly string[],
): Revoked => {
  let left = grants;
  const taken: DatabaseGrant[] = [];
  const queue = privileges.map(privilege => ({ role: from, privilege }));
  for (const { role, privilege } of queue) {
    if (role === null) continue;
    const own = left.filter(one => one.grantor === role);
    const having = [role, ...own.flatMap(one => one.inherits)];
    const keepsOption =
      role === owner ||
      own.some(one => one.isOwnersMember) ||
      left.some(
        one =>
          one.privilege === privilege &&
          one.isGrantable &&
          one.grantee !== null &&
          having.includes(one.grantee),
      );
    if (keepsOption) continue;
    const goes = left.filter(
      one => one.grantor === role && one.privilege === privilege,
    );
    taken.push(...goes);
    left = left.filter(one => !goes.includes(one));
    for (const { grantee, isGrantable } of goes)
      if (grantee !== null && isGrantable)
        queue.push({ role: grantee, privilege });
  }
  return { grants: left, taken };
};

/** The grants after GRANT … WITH GRANT OPTION to the grantor of a grant, which nobody lent it. */
export const lendAgain = (
  grants: readonly DatabaseGrant[],
  owner: string,
  { grantor, privilege }: DatabaseGrant,
): DatabaseGrant[] => {
  const lent: DatabaseGrant = {
    grantee: grantor,
    grantor: owner,
    privilege,
    isGrantable: true,
    isOwnersMember: false,
    isMastersMember: false,
    inherits: [],
  };
  return [...grants.filter(one => !isSameGrant(one, lent)), lent];
};

export const describeGrant = ({ grantee, privilege, grantor }: Key): string =>
  `${grantee === null ? 'PUBLIC' : grantee} has ${privilege} from ${grantor}`;

export const describeOpen = (open: readonly string[]): string =>
  `only its owner may connect; ${open.join(', ')}`;
