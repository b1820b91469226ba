import fc from 'fast-check';
import type { Change } from '../decide/change';
import type {
  DatabaseGrant,
  Membership,
  ObservedDatabase,
  ObservedRole,
  OthersMembership,
} from '../decide/observation';
import { DATABASE_PRIVILEGES } from '../decide/planPrivileges';

/** Grants and memberships as PostgreSQL allows them, and what its statements do to them (acl.c and user.c of PostgreSQL 18). */

const BORROWERS = ['b', 'c', 'd'];

/** Grants on a database: of its owner, of borrowers that it gave the grant option, and some whose grantor lost it. */
export const databaseGrants = (
  owner: string,
  master: string,
): fc.Arbitrary<DatabaseGrant[]> => {
  const roles = [...BORROWERS, ...(master === owner ? [] : [master])];
  return fc
    .record({
      ownersMembers: fc.subarray(roles),
      mastersMembers: fc.subarray(BORROWERS),
      inheriting: fc.record({
        by: fc.constantFrom(...BORROWERS),
        from: fc.subarray(BORROWERS, { maxLength: 1 }),
      }),
      grants: fc.array(
        fc.record({
          grantor: fc.constantFrom(owner, ...roles),
          grantee: fc.constantFrom(null, owner, ...roles),
          privilege: fc.constantFrom(...DATABASE_PRIVILEGES),
          isGrantable: fc.boolean(),
          isLeftOver: fc.nat(9).map(n => n === 0),
        }),
        { maxLength: 12 },
      ),
    })
    .map(({ ownersMembers, mastersMembers, inheriting, grants }) =>
      grants.reduce<DatabaseGrant[]>((all, { isLeftOver, ...grant }) => {
        const isAllowed =
          grant.grantee !== grant.grantor &&
          !(grant.grantee === null && grant.isGrantable) &&
          (isLeftOver ||
            mayGrant(all, owner, grant.grantor, grant.privilege)) &&
          !(
            grant.isGrantable && isUpstream(all, owner, grant.grantee, grant)
          ) &&
          !all.some(one => isSameGrant(one, grant));
        return isAllowed || grant.grantor === owner
          ? [
              ...all.filter(one => !isSameGrant(one, grant)),
              {
                ...grant,
                isGrantable: grant.grantee !== null && grant.isGrantable,
                isOwnersMember: ownersMembers.includes(grant.grantor),
                isMastersMember: mastersMembers.includes(grant.grantor),
                inherits:
                  grant.grantor === inheriting.by
                    ? inheriting.from.filter(it => it !== inheriting.by)
                    : [],
              },
            ]
          : all;
      }, []),
    );
};

type Key = Pick<DatabaseGrant, 'grantee' | 'grantor' | 'privilege'>;

const isSameGrant = (a: Key, b: Key) =>
  a.grantee === b.grantee &&
  a.grantor === b.grantor &&
  a.privilege === b.privilege;

const mayGrant = (
  all: readonly DatabaseGrant[],
  owner: string,
  role: string,
  privilege: string,
) =>
  role === owner ||
  all.some(
    one =>
      one.grantee === role && one.privilege === privilege && one.isGrantable,
  );

/** Whether a role has given a grantor, directly or not, its grant option. */
const isUpstream = (
  all: readonly DatabaseGrant[],
  owner: string,
  role: string | null,
  { grantor, privilege }: Key,
): boolean =>
  grantor !== owner &&
  (role === grantor ||
    all.some(
      one =>
        one.grantee === grantor &&
        one.privilege === privilege &&
        one.isGrantable &&
        isUpstream(all, owner, role, one),
    ));

/** What a statement leaves of a database's grants. */
export const applyToGrants = (
  { grants, owner }: ObservedDatabase,
  change: Extract<
    Change,
    {
      kind:
        | 'revoke from public'
        | 'revoke grant option'
        | 'revoke as master'
        | 'grant to owner';
    }
  >,
  master: string,
): DatabaseGrant[] => {
  switch (change.kind) {
    case 'revoke from public':
      return grants.filter(
        ({ grantee, grantor, privilege }) =>
          grantee !== null ||
          grantor !== owner ||
          !change.privileges.includes(privilege),
      );
    case 'revoke grant option':
      return change.privileges.reduce(
        (all, privilege) =>
          takeOption(all, owner, { from: change.from, privilege }),
        grants,
      );
    case 'grant to owner':
      return [
        ...grants.filter(
          ({ grantee, grantor }) => grantee !== owner || grantor !== owner,
        ),
        ...DATABASE_PRIVILEGES.map(privilege => ({
          grantee: owner,
          grantor: owner,
          privilege,
          isGrantable: false,
          isOwnersMember: false,
          isMastersMember: false,
          inherits: [],
        })),
      ];
    case 'revoke as master': {
      const theirs = rename(grants, owner, master).map(one => ({
        ...one,
        isOwnersMember: one.grantor !== master && one.isMastersMember,
      }));
      const { privilege, from, lendsTo, keeps } = change;
      const lent =
        lendsTo === undefined
          ? theirs
          : [
              ...theirs.filter(
                one =>
                  !isSameGrant(one, {
                    grantee: lendsTo,
                    grantor: master,
                    privilege,
                  }),
              ),
              {
                grantee: lendsTo,
                grantor: master,
                privilege,
                isGrantable: true,
                isOwnersMember: false,
                isMastersMember: false,
                inherits: [],
              },
            ];
      const left = from
        .reduce(
          (all, role) => takeOption(all, master, { from: role, privilege }),
          lent,
        )
        .filter(
          one =>
            !isSameGrant(
              one,
              from.length === 0
                ? { grantee: null, grantor: master, privilege }
                : {
                    grantee: keeps ? '' : lendsTo ?? '',
                    grantor: master,
                    privilege,
                  },
            ),
        );
      return rename(left, master, owner).map(one => ({
        ...one,
        isOwnersMember:
          grants.find(({ grantor }) => grantor === one.grantor)
            ?.isOwnersMember ?? false,
      }));
    }
    default:
      throw new Error(JSON.stringify(change satisfies never));
  }
};

const rename = (
  grants: readonly DatabaseGrant[],
  from: string,
  to: string,
): DatabaseGrant[] =>
  grants
    .map(one => ({
      ...one,
      grantee: one.grantee === from ? to : one.grantee,
      grantor: one.grantor === from ? to : one.grantor,
    }))
    .reduce<DatabaseGrant[]>((all, one) => {
      const same = all.find(it => isSameGrant(it, one));
      return same
        ? all.map(it =>
            it === same
              ? { ...it, isGrantable: it.isGrantable || one.isGrantable }
              : it,
          )
        : [...all, one];
    }, []);

/** REVOKE GRANT OPTION FOR … CASCADE by the owner. */
const takeOption = (
  grants: readonly DatabaseGrant[],
  owner: string,
  { from, privilege }: { from: string; privilege: string },
): DatabaseGrant[] =>
  cascade(
    grants.map(one =>
      isSameGrant(one, { grantee: from, grantor: owner, privilege })
        ? { ...one, isGrantable: false }
        : one,
    ),
    owner,
    from,
    privilege,
  );

const cascade = (
  grants: DatabaseGrant[],
  owner: string,
  role: string,
  privilege: string,
): DatabaseGrant[] => {
  const isMember = grants.some(
    one => one.grantor === role && one.isOwnersMember,
  );
  const inherited = grants
    .filter(one => one.grantor === role)
    .flatMap(one => one.inherits);
  const keeps = [role, ...inherited].some(it =>
    mayGrant(grants, owner, it, privilege),
  );
  if (isMember || keeps) return grants;
  const next = grants.find(
    one => one.grantor === role && one.privilege === privilege,
  );
  if (!next) return grants;
  const left = grants.filter(one => one !== next);
  return cascade(
    next.grantee !== null && next.isGrantable
      ? cascade(left, owner, next.grantee, privilege)
      : left,
    owner,
    role,
    privilege,
  );
};

const GROUP = 'g';

/** Memberships in a group, of a role and of others, as PostgreSQL 16 allows them. */
export const memberships = (
  name: string,
): fc.Arbitrary<Pick<ObservedRole, 'memberOf' | 'besides'>> =>
  fc
    .record({
      ours: fc.subarray(['root', 's', 't', 'u']),
      grants: fc.array(
        fc.record({
          grantor: fc.constantFrom('root', name, 's', 't', 'u'),
          member: fc.constantFrom(name, 's', 't', 'u'),
          isAdmin: fc.boolean(),
        }),
        { maxLength: 14 },
      ),
    })
    .map(({ ours, grants }) => {
      const all = grants.reduce<OthersMembership[]>((made, grant) => {
        const isAllowed =
          (grant.grantor === 'root' || hasAdmin(made, grant.grantor)) &&
          !(grant.isAdmin && hasLent(made, grant.member, grant.grantor)) &&
          !made.some(
            one => one.member === grant.member && one.grantor === grant.grantor,
          );
        return isAllowed
          ? [
              ...made,
              {
                ...grant,
                role: GROUP,
                isOursToEnd: ours.includes(grant.grantor),
              },
            ]
          : made;
      }, []);
      return {
        memberOf: all
          .filter(({ member }) => member === name)
          .map(({ member, ...one }) => one),
        besides: hasAdmin(all, name)
          ? all.filter(({ member }) => member !== name)
          : [],
      };
    });

const hasAdmin = (all: readonly OthersMembership[], role: string) =>
  all.some(({ member, isAdmin }) => member === role && isAdmin);

const hasLent = (
  all: readonly OthersMembership[],
  role: string,
  to: string,
): boolean =>
  role === to ||
  all.some(
    ({ member, isAdmin, grantor }) =>
      member === to && isAdmin && hasLent(all, role, grantor),
  );

/**
 * What REVOKE leaves of the memberships.
 * @throws Error without CASCADE, when others depend on it
 */
export const applyToMemberships = (
  { name, memberOf, besides }: ObservedRole,
  { role, grantor, taken }: Extract<Change, { kind: 'revoke membership' }>,
): Pick<ObservedRole, 'memberOf' | 'besides'> => {
  const own = memberOf.map(
    (one): OthersMembership => ({
      ...one,
      member: name,
    }),
  );
  const all = [...own, ...besides];
  const left = all.filter(
    one => one.member !== role || one.grantor !== grantor,
  );
  const rest = dropDependents(left, role);
  if (rest.length < left.length && taken.length === 0)
    throw new Error('dependent privileges exist');
  const isOwn = ({ member }: OthersMembership) => member === name;
  return {
    memberOf: rest.filter(isOwn).map(({ member, ...one }): Membership => one),
    besides: rest.filter(one => !isOwn(one)),
  };
};

const dropDependents = (
  all: OthersMembership[],
  role: string,
): OthersMembership[] => {
  if (hasAdmin(all, role)) return all;
  const next = all.find(({ grantor }) => grantor === role);
  if (!next) return all;
  return dropDependents(
    dropDependents(
      all.filter(one => one !== next),
      next.member,
    ),
    role,
  );
};
