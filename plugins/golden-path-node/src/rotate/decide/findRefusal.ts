import { findCloneRefusal } from '../../provision/decide/cloneRefusal';
import { nameClone, ObservedClone } from '../../provision/decide/clone';
import {
  listCloneSettings,
  resetCloneSettingSql,
} from '../../provision/decide/cloneSettings';
import type { DesiredDatabase } from '../../provision/decide/desired';
import type {
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../../provision/decide/observation';
import { isCloneOf } from '../../provision/decide/planClone';
import { quoteIdentifier } from '../../provision/decide/postgres/sql';
import {
  findRoleRefusal,
  refuseWithoutAdminOption,
} from '../../provision/decide/refusals';

/** What PostgreSQL shows of one entry: its role, its second login and its database. */
export interface ObservedEntry {
  server: ObservedServer;
  role: ObservedRole | undefined;
  clone: ObservedClone | undefined;
  database: ObservedDatabase | undefined;
  /** Names of the role's settings, with which its second login would not begin. */
  ownSettings: readonly string[];
}

const RUN_PROVISION = 'Run goldenpath-rds provision first.';

/**
 * Why a password isn't rotated; undefined if it may be.
 * @param desired - `login` is the login whose password is to change
 * @param declared - the roles that entries declare
 */
export const findRefusal = (
  desired: DesiredDatabase,
  { server, role, clone, database, ownSettings }: ObservedEntry,
  declared: readonly string[],
): string | undefined => {
  const { username, databaseName } = desired;
  const name = nameClone(username);
  if (!role) return `Role ${username} does not exist. ${RUN_PROVISION}`;
  const refused =
    findRoleRefusal(desired, role, server, { adopt: false }) ??
    findCloneRefusal(
      { ...desired, login: name },
      {
        server,
        roles: new Map([
          [username, role],
          ...(declared.includes(name)
            ? [[name, role] as [string, ObservedRole]]
            : []),
        ]),
        clones: new Map(clone && [[username, clone]]),
      },
      { adopt: false },
    );
  if (refused) return refused.refusal;
  if (!database)
    return `Database ${databaseName} does not exist. ${RUN_PROVISION}`;
  if (database.owner !== username)
    return `Database ${databaseName} belongs to ${database.owner}, not to ${username}. ${RUN_PROVISION}`;
  if (!role.isOursToAlter)
    return refuseWithoutAdminOption(role, server).refusal;
  if (ownSettings.length > 0)
    return `Role ${username} has settings of its own (${ownSettings.join(
      ', ',
    )}), with which its second login would not begin. Set them for the database, where they hold for both: ALTER DATABASE ${quoteIdentifier(
      databaseName,
    )} SET …; then ALTER ROLE ${quoteIdentifier(username)} RESET …;`;
  return clone && isCloneOf(desired, clone)
    ? findCloneProblem(desired, clone, server)
    : undefined;
};

/** A rotation changes neither what others gave the second login nor what it was used for. */
const findCloneProblem = (
  { username }: DesiredDatabase,
  clone: ObservedClone,
  server: ObservedServer,
): string | undefined => {
  const { name, isOursToAlter, members, memberOf, owns } = clone;
  if (!isOursToAlter) return refuseWithoutAdminOption({ name }, server).refusal;
  const others = memberOf.filter(({ role }) => role !== username);
  const problems = [
    ...(owns.length > 0 ? [`owns objects`] : []),
    ...members.map(member => `has the member ${member}`),
    ...others.map(({ role }) => `is a member of ${role}`),
  ];
  const own = listCloneSettings(clone);
  if (problems.length === 0 && own.length > 0)
    return `Role ${name}, the second login of ${username}, has settings of its own (${own
      .map(setting => setting.name)
      .join(', ')}), with which ${username} would not begin. ${
      own.every(setting => setting.isOursToReset)
        ? 'Reset them:'
        : 'A superuser must run:'
    } ${own.map(setting => resetCloneSettingSql(name, setting)).join(' ')}`;
  return problems.length > 0
    ? `Role ${name}, the second login of ${username}, ${problems.join(
        ' and ',
      )}. goldenpath-rds provision --check shows the statements that repair it.`
    : undefined;
};
