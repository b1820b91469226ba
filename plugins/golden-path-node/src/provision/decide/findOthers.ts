import type { DesiredDatabase } from './desired';
import { EndOfGrant, planEnds } from './endGrants';
import type { Finding } from './finding';
import {
  ADMIN_OPTION_VERSION,
  DatabaseGrant,
  isMaster,
  majorVersion,
  ObservedServer,
} from './observation';
import { endGrantSql, quoteIdentifier } from './postgres/sql';
import type { ObservedMember, Undeclared } from './undeclared';

/**
 * Finds who else gets in: members of the owner role and of the master, and roles with privileges on the database by name.
 * @param now the grants on the database
 * @param left those that the planned changes leave
 * @param clone the name of the owner's second login
 */
export const findOthers = (
  desired: DesiredDatabase,
  { members, grantees }: Pick<Undeclared, 'members' | 'grantees'>,
  { now, left }: Record<'now' | 'left', readonly DatabaseGrant[]>,
  { server, clone }: { server: ObservedServer; clone: string | undefined },
): Finding[] => {
  const { username: owner, databaseName } = desired;
  const { currentUser: master } = server;
  // Before 16 a membership doesn't depend on its grantor.
  const hasGrantors = majorVersion(server) >= ADMIN_OPTION_VERSION;
  // A login that only reads can't act as the owner.
  const chains = (isMaster(server) ? [owner, master] : [owner]).flatMap(
    (name): Chain[] => {
      const ofRole = members.filter(({ role }) => role === name);
      return hasGrantors
        ? foldChains(ofRole)
        : ofRole.map(first => ({ first, dependent: [] }));
    },
  );
  const ours = [owner, clone, master];
  const isOther = (name: string | null) =>
    name !== null && !ours.includes(name);
  const ending = { owner, now, mayLose: isOther };
  // Drift doesn't wait for what may stay.
  const open = planEnds(left, {
    ...ending,
    isForeign: ({ grantee }) => grantee === null,
    leaving: new Set(),
  });
  const named = planEnds(open.left, {
    ...ending,
    isForeign: ({ grantee }) => isOther(grantee),
    // Their memberships are found, too, and end first.
    leaving: new Set(
      chains
        .flatMap(({ first, dependent }) => [first, ...dependent])
        .flatMap(one => [one.member, ...one.through]),
    ),
  });
  const details = new Map(
    grantees
      .filter(({ database }) => database === databaseName)
      .map(one => [one.grantee, one]),
  );
  return [
    ...chains.map(chain => describeMember(owner, chain, hasGrantors, server)),
    ...[...open.ends, ...named.ends].map(end =>
      describeGrantee(desired, end, details, server),
    ),
  ];
};

/** A membership, and those that go with it: one REVOKE … CASCADE removes them all. */
interface Chain {
  first: ObservedMember;
  dependent: ObservedMember[];
}

/** Each chain ends what those before have left. In a circle of memberships every one depends on another. */
const foldChains = (members: readonly ObservedMember[]): Chain[] => {
  const chains: Chain[] = [];
  const left = new Set(members);
  while (left.size > 0) {
    const all = [...left];
    const receivers = new Set(all.map(({ member }) => member));
    const independent = all.filter(({ grantor }) => !receivers.has(grantor));
    const next =
      independent.length > 0
        ? independent
        : [all.find(({ isAdmin }) => isAdmin) ?? all[0]];
    for (const first of next) {
      if (left.delete(first))
        chains.push({ first, dependent: takeDependents(left, first) });
    }
  }
  return chains;
};

/** Who loses its last ADMIN OPTION loses what it granted. */
const takeDependents = (
  left: Set<ObservedMember>,
  { member, isAdmin }: ObservedMember,
): ObservedMember[] => {
  if (!isAdmin) return [];
  const all = [...left];
  if (all.some(one => one.member === member && one.isAdmin)) return [];
  const goes = all.filter(({ grantor }) => grantor === member);
  goes.forEach(one => left.delete(one));
  return goes.flatMap(one => [one, ...takeDependents(left, one)]);
};

/** Names printed one by one; of the rest only the number is printed. */
const NAMED = 5;

const listNames = (names: readonly string[]): string => {
  const distinct = [...new Set(names)];
  return distinct.length > NAMED
    ? `${distinct.slice(0, NAMED).join(', ')} and ${
        distinct.length - NAMED
      } more`
    : distinct.join(', ');
};

const describeMore = (
  dependent: readonly string[],
  through: readonly string[],
): string =>
  [
    ...(dependent.length > 0
      ? [` It granted this to ${listNames(dependent)}.`]
      : []),
    ...(through.length > 0 ? [` Its own members: ${listNames(through)}.`] : []),
  ].join('');

const describeMember = (
  owner: string,
  { first, dependent }: Chain,
  hasGrantors: boolean,
  server: ObservedServer,
): Finding => {
  const { role, member, grantor, isAdmin } = first;
  const getsIn = (one: ObservedMember) =>
    !one.isSuperuser && (one.isAdmin || one.inherits || one.maySetRole);
  return {
    kind: [first, ...dependent].some(getsIn) ? 'isolation' : 'told',
    text: `Role ${member} is a member of ${role}, granted by ${grantor}${
      isAdmin ? ' with ADMIN OPTION' : ''
    }.${role === owner ? '' : ` ${role} can act as ${owner}.`}${describeMore(
      dependent.map(one => one.member),
      first.through,
    )}`,
    remedy: {
      role: first.isOursToEnd ? server.currentUser : grantor,
      database: 'postgres',
      sql: `REVOKE ${quoteIdentifier(role)} FROM ${quoteIdentifier(member)}${
        hasGrantors ? ` GRANTED BY ${quoteIdentifier(grantor)}` : ''
      }${hasGrantors && first.hasPassedOn ? ' CASCADE' : ''};`,
    },
  };
};

type Details = ReadonlyMap<
  string,
  Pick<Undeclared['grantees'][number], 'isSuperuser' | 'through'>
>;

const describeGrantee = (
  { databaseName, username: owner }: DesiredDatabase,
  end: EndOfGrant,
  details: Details,
  server: ObservedServer,
): Finding => {
  const { by, grantee, grantor, privileges, taken } = end;
  const getsIn = (name: string | null, privilege: string) =>
    privilege === 'CONNECT' && !details.get(name ?? '')?.isSuperuser;
  const letsIn =
    privileges.some(privilege => getsIn(grantee, privilege)) ||
    taken.some(one => getsIn(one.grantee, one.privilege));
  const kind = letsIn ? 'isolation' : 'told';
  return {
    kind: grantee === null ? 'drift' : kind,
    text: `${
      grantee === null ? 'PUBLIC' : `Role ${grantee}`
    } has ${privileges.join(
      ', ',
    )} on database ${databaseName}, granted by ${grantor}.${describeMore(
      taken.map(one => one.grantee ?? 'PUBLIC'),
      grantee === null ? [] : details.get(grantee)?.through ?? [],
    )}${
      by === 'revoke'
        ? ''
        : ` ${grantor} can't revoke it: it has no grant option of its own.`
    }`,
    remedy: {
      role: findRunner(end, owner, server),
      database: 'postgres',
      sql: endGrantSql(databaseName, owner, end),
    },
  };
};

/** GRANT and REVOKE change only the grants of their grantor. */
const findRunner = (
  { by, grantor }: EndOfGrant,
  owner: string,
  { currentUser, superuser }: ObservedServer,
): string => {
  if (by === 'revoke') return grantor;
  if (by === 'lend') return owner;
  return grantor === currentUser ? currentUser : superuser;
};
