import fc from 'fast-check';
import type { Change } from '../decide/change';
import type {
  Membership,
  ObservedRole,
  OthersMembership,
} from '../decide/observation';

/** Memberships as PostgreSQL 16 allows them, and what its statements do to them (user.c of PostgreSQL 18). */

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
