import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import {
  ADMIN_OPTION_VERSION,
  majorVersion,
  ObservedServer,
} from './observation';
import { quoteIdentifier } from './postgres/sql';
import type { ObservedGrantee, ObservedMember, Undeclared } from './undeclared';

/** Finds who else gets in: members of the owner role, and roles with privileges on the database by name. */
export const findOthers = (
  { username, databaseName }: DesiredDatabase,
  { members, grantees }: Pick<Undeclared, 'members' | 'grantees'>,
  server: ObservedServer,
): Finding[] => {
  // Before 16 a membership doesn't depend on its grantor.
  const hasGrantors = majorVersion(server) >= ADMIN_OPTION_VERSION;
  return [
    ...foldChains(
      members.filter(({ role }) => role === username),
      ({ member }) => member,
      hasGrantors,
    ).map(chain => describeMember(chain, hasGrantors, server)),
    ...foldChains(
      grantees.filter(({ database }) => database === databaseName),
      ({ grantee }) => grantee,
      true,
    ).map(describeGrantee),
  ];
};

/** A grant, and those that depend on it: one REVOKE … CASCADE removes them all. */
interface Chain<Grant> {
  first: Grant;
  dependent: Grant[];
}

const foldChains = <Grant extends { grantor: string }>(
  grants: readonly Grant[],
  getReceiver: (grant: Grant) => string,
  dependOnGrantor: boolean,
): Array<Chain<Grant>> => {
  if (!dependOnGrantor) return grants.map(first => ({ first, dependent: [] }));
  const receivers = new Set(grants.map(getReceiver));
  const collect = (giver: string, seen: readonly string[]): Grant[] =>
    grants
      .filter(one => one.grantor === giver && !seen.includes(getReceiver(one)))
      .flatMap(one => [
        one,
        ...collect(getReceiver(one), [...seen, getReceiver(one)]),
      ]);
  return grants
    .filter(({ grantor }) => !receivers.has(grantor))
    .map(first => ({
      first,
      dependent: collect(getReceiver(first), [getReceiver(first)]),
    }));
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
  { first, dependent }: Chain<ObservedMember>,
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
    }.${describeMore(
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

const describeGrantee = ({
  first,
  dependent,
}: Chain<ObservedGrantee>): Finding => {
  const { database, grantee, grantor } = first;
  const names = first.privileges.join(', ');
  const getsIn = (one: ObservedGrantee) =>
    !one.isSuperuser && one.privileges.includes('CONNECT');
  return {
    kind: [first, ...dependent].some(getsIn) ? 'isolation' : 'told',
    text: `Role ${grantee} has ${names} on database ${database}, granted by ${grantor}.${describeMore(
      dependent.map(one => one.grantee),
      first.through,
    )}`,
    // GRANT and REVOKE change only the grants of their grantor.
    remedy: {
      role: grantor,
      database: 'postgres',
      sql: `REVOKE ${names} ON DATABASE ${quoteIdentifier(
        database,
      )} FROM ${quoteIdentifier(grantee)}${
        first.hasPassedOn ? ' CASCADE' : ''
      };`,
    },
  };
};
