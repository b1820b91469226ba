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

/** Changes that are made together or not at all, in this order. One without a transaction is a single statement. */
export interface PlannedStep {
  inTransaction: boolean;
  /** Whose grants are changed, where others may have given some too: they are told apart by who does it. */
  as?: string;
  changes: Change[];
}

/** What a run does for one database. */
export interface DatabasePlan {
  databaseName: string;
  username: string;
  steps: PlannedStep[];
  /** Why nothing is done: what is there belongs to someone else. */
  refusal?: string;
  /** What differs, but is no business of a plain run: it says what a person has to do. */
  findings: string[];
  /** What could not be looked at. */
  notes: string[];
}

export interface PlanOptions {
  /** Take over roles without our mark, and databases of theirs or of the master. */
  adopt: boolean;
}

/**
 * What has to be done so that what is observed becomes what is desired. Empty steps for whatever is right already.
 * Pure: `plan(desired, apply(observed, plan))` is empty.
 */
export const planProvision = (
  desired: readonly DesiredDatabase[],
  observed: Observation,
  options: PlanOptions,
): DatabasePlan[] =>
  desired.map(wanted => planDatabase(wanted, observed, options));

export const changesOf = (plan: DatabasePlan): Change[] =>
  plan.steps.flatMap(step => step.changes);

const planDatabase = (
  wanted: DesiredDatabase,
  observed: Observation,
  options: PlanOptions,
): DatabasePlan => {
  const { databaseName, username } = wanted;
  const role = observed.roles.get(username);
  const database = observed.databases.get(databaseName);
  const login = observed.logins.get(username);
  const plan = { databaseName, username, steps: [], findings: [], notes: [] };

  const refusal =
    roleRefusal(wanted, role, options) ??
    databaseRefusal(wanted, database, observed.server, options);
  if (refusal) return { ...plan, refusal };

  const ownership = planOwnership(wanted, database);
  const privileges = planPrivileges(wanted, database);
  const roleChanges = planRole(wanted, role, login);
  const needsToActAs =
    ownership.length + privileges.length > 0 &&
    !(role ? role.isOursToActAs : observed.server.isSuperuser);
  if (needsToActAs) {
    roleChanges.push({
      kind: 'act as owner',
      role: username,
      reason: `only a member of ${username} may make and change what it owns`,
    });
  }
  if (role && roleChanges.length > 0 && !role.isOursToAlter) {
    return { ...plan, refusal: missingAdminOption(role, observed.server) };
  }
  const foreign = role?.memberOf.find(({ isOursToEnd }) => !isOursToEnd);
  if (role && foreign) {
    return {
      ...plan,
      refusal: foreignMembership(role, foreign, observed.server),
    };
  }
  const steps = [
    { inTransaction: true, changes: roleChanges },
    { inTransaction: false, changes: ownership },
    {
      inTransaction: true,
      // A new database has no grants but its owner's.
      ...(database ? { as: username } : {}),
      changes: privileges,
    },
  ].filter(({ changes }) => changes.length > 0);
  return { ...plan, steps, ...sayOf(username, login, steps.length > 0) };
};

/** What is to be said of a login. What keeps a role out may be what is changed anyway: a run looks again afterwards. */
const sayOf = (
  username: string,
  login: LoginResult | undefined,
  isToBeChanged: boolean,
): Pick<DatabasePlan, 'findings' | 'notes'> => {
  switch (login?.outcome) {
    case 'works':
      return { findings: login.inside, notes: [] };
    case 'untested':
      return { findings: [], notes: [login.reason] };
    case 'shut out': {
      const words = [`${username} can't log in: ${login.reason}`];
      return isToBeChanged
        ? { findings: [], notes: words }
        : { findings: words, notes: [] };
    }
    default:
      return { findings: [], notes: [] };
  }
};

const roleRefusal = (
  { username, secret }: DesiredDatabase,
  role: ObservedRole | undefined,
  { adopt }: PlanOptions,
): string | undefined => {
  if (!role) return undefined;
  if (role.powers.length > 0) {
    return `Role ${username} has ${role.powers.join(
      ' and ',
    )}, which no app role may have. Take it away by hand, or choose another database user.`;
  }
  const mark = parseMark(role.comment);
  if (!mark && !adopt) {
    return `Role ${username} is there and not managed by goldenpath-rds. Choose another database user, or take it over with --adopt.`;
  }
  if (mark && mark.path !== secret.path && !adopt) {
    return `Role ${username} belongs to the secret ${mark.path}, and this entry's is ${secret.path}. Choose another database user, or take it over with --adopt.`;
  }
  return undefined;
};

const databaseRefusal = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  server: ObservedServer,
  { adopt }: PlanOptions,
): string | undefined => {
  if (!database) return undefined;
  const { owner, encoding } = database;
  const isMasters = owner === server.currentUser;
  if (owner !== username && !isMasters) {
    return `Database ${databaseName} belongs to ${owner}, not to ${username}. Choose another database name. Where this one is to be taken over, hand it to the master first: GRANT ${quoteIdentifier(
      owner,
    )} TO CURRENT_USER; ALTER DATABASE ${quoteIdentifier(
      databaseName,
    )} OWNER TO CURRENT_USER; then run again with --adopt.`;
  }
  if (isMasters && !adopt) {
    return `Database ${databaseName} is there and belongs to the master, ${owner}. Choose another database name, or hand it over with --adopt.`;
  }
  if (encoding !== 'UTF8') {
    return `Database ${databaseName} has the encoding ${encoding} and can't be given UTF8. Dump it, and restore it into a new one.`;
  }
  return undefined;
};

const missingAdminOption = (
  { name }: ObservedRole,
  server: ObservedServer,
): string =>
  majorVersion(server) >= ADMIN_OPTION_VERSION
    ? `Role ${name} was made by someone else, and ${
        server.currentUser
      } may not change it. Whoever made it, or a superuser, has to run: GRANT ${quoteIdentifier(
        name,
      )} TO ${quoteIdentifier(server.currentUser)} WITH ADMIN OPTION;`
    : `${server.currentUser} may not change the role ${name}: it needs CREATEROLE.`;

/** A master that were to become a member of such a role would be a member of the other as well: with rds_iam it loses its password. */
const foreignMembership = (
  { name }: ObservedRole,
  { role, grantor }: Membership,
  server: ObservedServer,
): string =>
  `Role ${name} is a member of ${role}, by ${grantor}, and ${
    server.currentUser
  } may not end that. Whoever made it so, or a superuser, has to run: REVOKE ${quoteIdentifier(
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
        reason: 'there is no such role',
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
  const attributes = differingAttributes(role, { createdb, connectionLimit });
  const passwordReason = whyNewPassword(role, secret, login);
  const changes: Change[] = [];
  for (const { role: of, grantor } of role.memberOf) {
    changes.push({
      kind: 'end membership',
      role: username,
      of,
      grantor,
      reason: 'an app role is a member of nothing',
    });
  }
  if (Object.keys(attributes).length > 0) {
    changes.push({
      kind: 'alter role',
      role: username,
      attributes,
      reason: 'the role has other attributes',
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
        ? `it belonged to the secret ${mark.path}`
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

const whyNewPassword = (
  role: ObservedRole,
  secret: SecretVersion,
  login: LoginResult | undefined,
): string | undefined => {
  const mark = parseMark(role.comment);
  if (mark?.path !== secret.path) return 'the role is being adopted';
  if (mark.versionId !== secret.versionId)
    return `the secret has version ${secret.versionId}, and the role was made from ${mark.versionId}`;
  if (login?.outcome === 'wrong password') return 'the login failed';
  if (!role.canLogin || role.expires)
    return 'the role could not log in, so nobody knows whether it is right';
  return undefined;
};

const differingAttributes = (
  role: ObservedRole,
  wanted: { createdb: boolean; connectionLimit: number },
): RoleAttributes => ({
  ...(role.canLogin ? {} : { login: true }),
  ...(role.createdb === wanted.createdb ? {} : { createdb: wanted.createdb }),
  ...(role.createrole ? { createrole: false } : {}),
  ...(role.connectionLimit === wanted.connectionLimit
    ? {}
    : { connectionLimit: wanted.connectionLimit }),
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
        reason: 'there is no such database',
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

/** What PostgreSQL gives a new database: everyone may connect and make temporary tables. */
const PUBLIC_BY_DEFAULT = ['CONNECT', 'TEMPORARY'];
/** All that there is to have on a database. */
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
      reason: 'nobody but its owner may enter',
    });
  }
  if (DATABASE_PRIVILEGES.some(privilege => !owned.includes(privilege))) {
    changes.push({
      kind: 'grant to owner',
      database: databaseName,
      role: username,
      reason: 'its owner may do everything in it',
    });
  }
  return changes;
};
