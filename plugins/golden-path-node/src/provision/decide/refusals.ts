import type { DesiredDatabase } from './desired';
import { parseMark } from './mark';
import {
  ADMIN_OPTION_VERSION,
  majorVersion,
  Membership,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from './observation';
import { quoteIdentifier } from './postgres/sql';

export interface PlanOptions {
  /** Take over unmanaged roles, and databases that they or the master own. */
  adopt: boolean;
  /** What breaks isolation is drift. */
  strict: boolean;
}

export const findRoleRefusal = (
  { username, secret }: DesiredDatabase,
  role: ObservedRole | undefined,
  { adopt }: Pick<PlanOptions, 'adopt'>,
): string | undefined => {
  if (!role) return undefined;
  if (role.powers.length > 0) {
    return `Role ${username} has ${role.powers.join(
      ' and ',
    )}, not allowed for an app role. Remove it by hand, or choose another database user.`;
  }
  const mark = parseMark(role.comment);
  if (!mark && !adopt) {
    return `Role ${username} exists and is not managed by goldenpath-rds. Choose another database user, or take it over with --adopt.`;
  }
  if (mark && mark.path !== secret.path && !adopt) {
    return `Role ${username} is managed by secret ${mark.path}, not by this entry's secret ${secret.path}. Choose another database user, or take it over with --adopt.`;
  }
  return undefined;
};

export const findDatabaseRefusal = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  server: ObservedServer,
  { adopt }: Pick<PlanOptions, 'adopt'>,
): string | undefined => {
  if (!database) return undefined;
  const { owner, encoding } = database;
  const isOwnedByMaster = owner === server.currentUser;
  if (owner !== username && !isOwnedByMaster) {
    return `Database ${databaseName} belongs to ${owner}, not to ${username}. Choose another database name. To take this one over, give it to the master first: GRANT ${quoteIdentifier(
      owner,
    )} TO CURRENT_USER; ALTER DATABASE ${quoteIdentifier(
      databaseName,
    )} OWNER TO CURRENT_USER; then run again with --adopt.`;
  }
  if (isOwnedByMaster && !adopt) {
    return `Database ${databaseName} exists and belongs to the master, ${owner}. Choose another database name, or take it over with --adopt.`;
  }
  if (encoding !== 'UTF8') {
    return `Database ${databaseName} has encoding ${encoding}, and PostgreSQL can't change it to UTF8. Dump it and restore it to a new database.`;
  }
  return undefined;
};

export const describeMissingAdminOption = (
  { name }: ObservedRole,
  server: ObservedServer,
): string =>
  majorVersion(server) >= ADMIN_OPTION_VERSION
    ? `Role ${name} has another creator, and ${
        server.currentUser
      } has no ADMIN OPTION on it. Its creator or a superuser must run: GRANT ${quoteIdentifier(
        name,
      )} TO ${quoteIdentifier(server.currentUser)} WITH ADMIN OPTION;`
    : `${server.currentUser} may not change role ${name}: CREATEROLE is required.`;

/** Membership in this role would also give the master rds_iam, for example, and end its password login. */
export const describeForeignMembership = (
  { name }: ObservedRole,
  { role, grantor }: Membership,
  server: ObservedServer,
): string =>
  `Role ${name} is a member of ${role}, granted by ${grantor}, and ${
    server.currentUser
  } may not revoke it. The grantor or a superuser must run: REVOKE ${quoteIdentifier(
    role,
  )} FROM ${quoteIdentifier(name)}${
    majorVersion(server) >= ADMIN_OPTION_VERSION
      ? ` GRANTED BY ${quoteIdentifier(grantor)}`
      : ''
  };`;
