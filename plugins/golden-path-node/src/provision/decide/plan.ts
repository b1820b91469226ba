import { Change, RoleAttributes } from './change';
import type { DesiredDatabase } from './desired';
import { parseMark, SecretVersion } from './mark';
import {
  ADMIN_OPTION_VERSION,
  LoginResult,
  majorVersion,
  Membership,
  Observation,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from './observation';
import { quoteIdentifier } from './postgres/sql';

/** Changes applied together, in this order. A step without a transaction is a single statement. */
export interface PlannedStep {
  inTransaction: boolean;
  /** Role that runs the statements (SET LOCAL ROLE): GRANT and REVOKE change only the grants of their grantor. */
  as?: string;
  changes: Change[];
}

/** The changes for one database. */
export interface DatabasePlan {
  databaseName: string;
  username: string;
  steps: PlannedStep[];
  /** Why nothing is changed: the role or database is unmanaged. */
  refusal?: string;
  /** Drift that a run doesn't repair, each with the statement to run by hand. */
  findings: string[];
  /** What was not checked. */
  notes: string[];
}

export interface PlanOptions {
  /** Take over unmanaged roles, and databases that they or the master own. */
  adopt: boolean;
}

/** Plans the changes from the observed to the desired state. `plan(desired, apply(observed, plan))` is empty. */
export const planProvision = (
  desired: readonly DesiredDatabase[],
  observed: Observation,
  options: PlanOptions,
): DatabasePlan[] =>
  desired.map(database => planDatabase(database, observed, options));

export const changesOf = (plan: DatabasePlan): Change[] =>
  plan.steps.flatMap(step => step.changes);

const planDatabase = (
  desired: DesiredDatabase,
  observed: Observation,
  options: PlanOptions,
): DatabasePlan => {
  const { databaseName, username } = desired;
  const role = observed.roles.get(username);
  const database = observed.databases.get(databaseName);
  const login = observed.logins.get(username);
  const plan = { databaseName, username, steps: [], findings: [], notes: [] };

  const refusal =
    findRoleRefusal(desired, role, options) ??
    findDatabaseRefusal(desired, database, observed.server, options);
  if (refusal) return { ...plan, refusal };

  const ownership = planOwnership(desired, database);
  const privileges = planPrivileges(desired, database);
  const roleChanges = planRole(desired, role, login);
  const needsMembership =
    ownership.length + privileges.length > 0 &&
    !(role ? role.isOursToActAs : observed.server.isSuperuser);
  if (needsMembership) {
    roleChanges.push({
      kind: 'act as owner',
      role: username,
      reason: `only members of ${username} may create and change its objects`,
    });
  }
  if (role && roleChanges.length > 0 && !role.isOursToAlter) {
    return {
      ...plan,
      refusal: describeMissingAdminOption(role, observed.server),
    };
  }
  const foreign = role?.memberOf.find(({ isOursToEnd }) => !isOursToEnd);
  if (role && foreign) {
    return {
      ...plan,
      refusal: describeForeignMembership(role, foreign, observed.server),
    };
  }
  const steps = [
    { inTransaction: true, changes: roleChanges },
    { inTransaction: false, changes: ownership },
    {
      inTransaction: true,
      // A new database has only its owner's grants.
      ...(database ? { as: username } : {}),
      changes: privileges,
    },
  ].filter(({ changes }) => changes.length > 0);
  return {
    ...plan,
    steps,
    ...describeLogin(username, login, steps.length > 0),
  };
};

/** Describes a failed or skipped login. When changes are planned it is a note: they may repair the login. */
const describeLogin = (
  username: string,
  login: LoginResult | undefined,
  willChange: boolean,
): Pick<DatabasePlan, 'findings' | 'notes'> => {
  switch (login?.outcome) {
    case 'works':
      return { findings: login.inside, notes: [] };
    case 'untested':
      return { findings: [], notes: [login.reason] };
    case 'shut out': {
      const lines = [`${username} can't log in: ${login.reason}`];
      return willChange
        ? { findings: [], notes: lines }
        : { findings: lines, notes: [] };
    }
    default:
      return { findings: [], notes: [] };
  }
};

const findRoleRefusal = (
  { username, secret }: DesiredDatabase,
  role: ObservedRole | undefined,
  { adopt }: PlanOptions,
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

const findDatabaseRefusal = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  server: ObservedServer,
  { adopt }: PlanOptions,
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

const describeMissingAdminOption = (
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
const describeForeignMembership = (
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

const planRole = (
  { username, createdb, connectionLimit, secret }: DesiredDatabase,
  role: ObservedRole | undefined,
  login: LoginResult | undefined,
): Change[] => {
  if (!role) {
    return [
      {
        kind: 'create role',
        role: username,
        createdb,
        connectionLimit,
        reason: 'the role does not exist',
      },
      {
        kind: 'mark role',
        role: username,
        mark: secret,
        reason: 'the role is new',
      },
    ];
  }
  const mark = parseMark(role.comment);
  const attributes = findDifferingAttributes(role, {
    createdb,
    connectionLimit,
  });
  const passwordReason = explainNewPassword(role, secret, login);
  const changes: Change[] = [];
  for (const { role: of, grantor } of role.memberOf) {
    changes.push({
      kind: 'end membership',
      role: username,
      of,
      grantor,
      reason: 'an app role must not be a member of other roles',
    });
  }
  if (Object.keys(attributes).length > 0) {
    changes.push({
      kind: 'alter role',
      role: username,
      attributes,
      reason: 'its attributes differ',
    });
  }
  if (passwordReason) {
    changes.push({
      kind: 'set password',
      role: username,
      reason: passwordReason,
    });
  }
  if (mark?.path !== secret.path) {
    changes.push({
      kind: 'adopt role',
      role: username,
      mark: secret,
      reason: mark
        ? `it was managed by secret ${mark.path}`
        : 'it was not managed',
    });
  } else if (mark.versionId !== secret.versionId) {
    changes.push({
      kind: 'mark role',
      role: username,
      mark: secret,
      reason: 'the secret has a new version',
    });
  }
  return changes;
};

const explainNewPassword = (
  role: ObservedRole,
  secret: SecretVersion,
  login: LoginResult | undefined,
): string | undefined => {
  const mark = parseMark(role.comment);
  if (mark?.path !== secret.path) return 'the role is adopted';
  if (mark.versionId !== secret.versionId)
    return `the secret has version ${secret.versionId}, the role has the password of ${mark.versionId}`;
  if (login?.outcome === 'wrong password') return 'the login failed';
  if (!role.canLogin || role.expires)
    return 'the role could not log in, so its password is not checked';
  return undefined;
};

const findDifferingAttributes = (
  role: ObservedRole,
  desired: { createdb: boolean; connectionLimit: number },
): RoleAttributes => ({
  ...(role.canLogin ? {} : { login: true }),
  ...(role.createdb === desired.createdb ? {} : { createdb: desired.createdb }),
  ...(role.createrole ? { createrole: false } : {}),
  ...(role.connectionLimit === desired.connectionLimit
    ? {}
    : { connectionLimit: desired.connectionLimit }),
  ...(role.expires ? { validUntil: 'infinity' } : {}),
});

const planOwnership = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
): Change[] => {
  if (!database) {
    return [
      {
        kind: 'create database',
        database: databaseName,
        role: username,
        reason: 'the database does not exist',
      },
    ];
  }
  return database.owner === username
    ? []
    : [
        {
          kind: 'adopt database',
          database: databaseName,
          role: username,
          reason: `it belonged to the master, ${database.owner}`,
        },
      ];
};

/** PUBLIC's default privileges on a new database. */
const PUBLIC_BY_DEFAULT = ['CONNECT', 'TEMPORARY'];
/** All database privileges. */
export const DATABASE_PRIVILEGES = ['CREATE', 'TEMPORARY', 'CONNECT'];

const planPrivileges = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
): Change[] => {
  const open = database?.publicPrivileges ?? PUBLIC_BY_DEFAULT;
  const owned = database?.ownerPrivileges ?? [];
  const changes: Change[] = [];
  if (open.length > 0) {
    changes.push({
      kind: 'close to public',
      database: databaseName,
      privileges: open,
      reason: 'only its owner may connect',
    });
  }
  if (DATABASE_PRIVILEGES.some(privilege => !owned.includes(privilege))) {
    changes.push({
      kind: 'grant to owner',
      database: databaseName,
      role: username,
      reason: 'its owner has all privileges',
    });
  }
  return changes;
};
