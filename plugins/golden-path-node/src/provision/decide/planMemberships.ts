import type { Change } from './change';
import type { Membership, ObservedRole, OthersMembership } from './observation';

type RevokeMembership = Extract<Change, { kind: 'revoke membership' }>;

/** The memberships of one role that end, and those that depend on them. */
export interface PlannedMemberships {
  /** Roles that the master joins first: only members may revoke what they granted. */
  joins: string[];
  /** What depends on another comes before it. */
  revokes: RevokeMembership[];
  /** Memberships of the role itself that the master may not revoke, with what goes with each, in words. */
  foreign: Array<{ membership: Membership; taken: string[] }>;
}

/**
 * Plans the end of all memberships of a role. Since 16 a role that loses ADMIN OPTION can't leave behind what it granted:
 * those memberships are revoked first, by name, as far as the master may act as their grantors.
 * @param roles all roles of the entries; none of them keeps a membership
 * @param mayJoin whether the master may make itself a member of a role
 */
export const planMemberships = (
  role: ObservedRole,
  roles: ReadonlyMap<string, ObservedRole>,
  mayJoin: (name: string) => boolean,
): PlannedMemberships => {
  const own = role.memberOf.map(membership => ({
    ...membership,
    member: role.name,
  }));
  const all = [...own, ...role.besides];
  const { ending, losing } = findEnding(all, ({ member }) => roles.has(member));
  const byGrantor = groupByGrantor(ending);
  const joins = new Set<string>();
  const isOurs = ({ grantor, isOursToEnd }: Membership) => {
    if (isOursToEnd) return true;
    if (!roles.has(grantor) || !mayJoin(grantor)) return false;
    joins.add(grantor);
    return true;
  };
  const dependentsOf = ({ role: of, member, isAdmin }: OthersMembership) => {
    const key = keyOf(of, member);
    return isAdmin && losing.has(key) ? byGrantor.get(key) ?? [] : [];
  };

  const ours: Array<{
    membership: OthersMembership;
    taken: OthersMembership[];
  }> = [];
  const seen = new Map<OthersMembership, OthersMembership[]>();
  /** Returns what only CASCADE ends. */
  const end = (membership: OthersMembership): OthersMembership[] => {
    const known = seen.get(membership);
    if (known) return known;
    const taken = dependentsOf(membership).flatMap(end);
    const left = isOurs(membership) ? [] : [membership, ...taken];
    if (left.length === 0) ours.push({ membership, taken });
    seen.set(membership, left);
    return left;
  };
  own.forEach(end);

  const taken = new Set(ours.flatMap(one => one.taken));
  const allDependentsOf = (membership: OthersMembership) => {
    const found = new Set(dependentsOf(membership));
    for (const one of found) dependentsOf(one).forEach(it => found.add(it));
    return [...found];
  };
  return {
    joins: [...joins],
    revokes: ours.map(one => printRevoke(role.name, one)),
    foreign: own
      .filter(one => seen.get(one)?.includes(one) && !taken.has(one))
      .map(membership => ({
        membership,
        taken: allDependentsOf(membership).map(describeMembership),
      })),
  };
};

const printRevoke = (
  name: string,
  {
    membership: { role: of, member, grantor },
    taken,
  }: { membership: OthersMembership; taken: readonly OthersMembership[] },
): RevokeMembership => ({
  kind: 'revoke membership',
  role: member,
  of,
  grantor,
  taken: taken.map(describeMembership),
  reason:
    member === name
      ? `granted by ${grantor}; an app role must not be a member of other roles`
      : `granted by ${grantor}, who loses ADMIN OPTION`,
});

const describeMembership = ({ role, member, grantor }: OthersMembership) =>
  `${member} in ${role}, granted by ${grantor}`;

const keyOf = (of: string, member: string) => JSON.stringify([of, member]);

const groupByGrantor = (memberships: readonly OthersMembership[]) => {
  const grouped = new Map<string, OthersMembership[]>();
  for (const membership of memberships) {
    const key = keyOf(membership.role, membership.grantor);
    const group = grouped.get(key);
    if (group) group.push(membership);
    else grouped.set(key, [membership]);
  }
  return grouped;
};

/**
 * Those that end by themselves, and those whose grantor loses its last ADMIN OPTION with them. `losing`: the roles that lose
 * it, as {@link keyOf} prints them; what any other role granted stays.
 */
const findEnding = (
  all: readonly OthersMembership[],
  endsAnyway: (membership: OthersMembership) => boolean,
): { ending: OthersMembership[]; losing: ReadonlySet<string> } => {
  const losing = new Set<string>();
  const admins = new Map<string, number>();
  for (const { role, member, isAdmin } of all) {
    const key = keyOf(role, member);
    if (isAdmin) admins.set(key, (admins.get(key) ?? 0) + 1);
  }
  const byGrantor = groupByGrantor(all);
  const ending = new Set(all.filter(endsAnyway));
  for (const { role, member, isAdmin } of ending) {
    if (!isAdmin) continue;
    const key = keyOf(role, member);
    const left = (admins.get(key) ?? 0) - 1;
    admins.set(key, left);
    if (left > 0) continue;
    losing.add(key);
    byGrantor.get(key)?.forEach(one => ending.add(one));
  }
  return { ending: [...ending], losing };
};
