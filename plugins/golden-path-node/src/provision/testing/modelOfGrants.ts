import fc from 'fast-check';
import type { Change } from '../decide/change';
import type { EndOfGrant } from '../decide/endGrants';
import type { DatabaseGrant, ObservedDatabase } from '../decide/observation';
import { DATABASE_PRIVILEGES } from '../decide/planPrivileges';

/** Grants as PostgreSQL allows them, and what its statements do to them (acl.c of PostgreSQL 18). */

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

/**
 * What the statements that end a grant leave.
 * @throws Error when the server rejects them
 */
export const applyEnd = (
  grants: readonly DatabaseGrant[],
  owner: string,
  { by, grantee, grantor, privileges, cascades }: EndOfGrant,
): DatabaseGrant[] =>
  privileges.reduce<DatabaseGrant[]>(
    (all, privilege) => {
      const end = { grantee, grantor, privilege };
      switch (by) {
        case 'revoke':
          return takePrivilege(all, owner, end, cascades);
        case 'lend': {
          const lent = { grantee: grantor, grantor: owner, privilege };
          return takePrivilege(
            [
              ...all.filter(one => !isSameGrant(one, lent)),
              {
                ...lent,
                isGrantable: true,
                isOwnersMember: false,
                isMastersMember: false,
                inherits: [],
              },
            ],
            owner,
            lent,
            true,
          );
        }
        default:
          return takePrivilege(
            rename(rename(all, owner, grantor), grantor, owner),
            owner,
            { ...end, grantor: owner },
            cascades,
          );
      }
    },
    [...grants],
  );

/** REVOKE by the grantor itself. */
const takePrivilege = (
  grants: DatabaseGrant[],
  owner: string,
  end: Key,
  cascades: boolean,
): DatabaseGrant[] => {
  const { grantee, grantor, privilege } = end;
  const isMember =
    grantor !== owner &&
    grants.some(one => one.grantor === grantor && one.isOwnersMember);
  if (isMember || !mayGrant(grants, owner, grantor, privilege))
    throw new Error(`permission denied for ${grantor}`);
  const left = grants.filter(one => !isSameGrant(one, end));
  const hadOption = grants.some(
    one => isSameGrant(one, end) && one.isGrantable,
  );
  const rest =
    grantee !== null && hadOption
      ? cascade(left, owner, grantee, privilege)
      : left;
  if (rest.length < left.length && !cascades)
    throw new Error('dependent privileges exist');
  return rest;
};
