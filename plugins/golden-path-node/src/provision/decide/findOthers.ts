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
): Finding[] => [
  ...members
    .filter(({ role }) => role === username)
    .map(member => describeMember(member, server)),
  ...grantees
    .filter(({ database }) => database === databaseName)
    .map(describeGrantee),
];

/** Names printed one by one; of the rest only the number is printed. */
const NAMED = 5;

const listNames = (names: readonly string[]): string =>
  names.length > NAMED
    ? `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`
    : names.join(', ');

const describeThrough = (through: readonly string[]): string =>
  through.length > 0 ? ` So are its members: ${listNames(through)}.` : '';

const describeMember = (
  found: ObservedMember,
  server: ObservedServer,
): Finding => {
  const { role, member, grantor, isAdmin, inherits, maySetRole } = found;
  // Since 16 each grantor has a membership row of its own, and REVOKE removes one of them.
  const hasGrantors = majorVersion(server) >= ADMIN_OPTION_VERSION;
  const getsIn = isAdmin || inherits || maySetRole;
  return {
    kind: getsIn && !found.isSuperuser ? 'isolation' : 'told',
    text: `Role ${member} is a member of ${role}, granted by ${grantor}${
      isAdmin ? ' with ADMIN OPTION' : ''
    }.${describeThrough(found.through)}`,
    remedy: {
      role: found.isOursToEnd ? server.currentUser : grantor,
      database: 'postgres',
      sql: `REVOKE ${quoteIdentifier(role)} FROM ${quoteIdentifier(member)}${
        hasGrantors ? ` GRANTED BY ${quoteIdentifier(grantor)}` : ''
      }${hasGrantors && found.hasPassedOn ? ' CASCADE' : ''};`,
    },
  };
};

const describeGrantee = (found: ObservedGrantee): Finding => {
  const { database, grantee, grantor, privileges, through } = found;
  const names = privileges.join(', ');
  return {
    kind:
      privileges.includes('CONNECT') && !found.isSuperuser
        ? 'isolation'
        : 'told',
    text: `Role ${grantee} has ${names} on database ${database}, granted by ${grantor}.${
      through.length > 0 ? ` So have its members: ${listNames(through)}.` : ''
    }`,
    // GRANT and REVOKE change only the grants of their grantor.
    remedy: {
      role: grantor,
      database: 'postgres',
      sql: `REVOKE ${names} ON DATABASE ${quoteIdentifier(
        database,
      )} FROM ${quoteIdentifier(grantee)}${
        found.hasPassedOn ? ' CASCADE' : ''
      };`,
    },
  };
};
