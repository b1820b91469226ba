import type { Change } from './change';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import type { Observation, ObservedDatabase } from './observation';
import { planLogin } from './planLogin';
import { planRole } from './planRole';
import {
  describeForeignMembership,
  describeMissingAdminOption,
  findDatabaseRefusal,
  findRoleRefusal,
  PlanOptions,
} from './refusals';

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
  /** What a run sees and doesn't change, each with the statement to run by hand. */
  findings: Finding[];
  /** What could not be seen, each with its cause. */
  unchecked: string[];
  /** What planned changes may repair. */
  notes: string[];
}

/** Plans the changes from the observed to the desired state. `plan(desired, apply(observed, plan))` is empty. */
export const planProvision = (
  desired: readonly DesiredDatabase[],
  observed: Observation,
  options: PlanOptions,
): DatabasePlan[] =>
  desired.map(database => planDatabase(database, observed, options));

export const listChanges = (plan: DatabasePlan): Change[] =>
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
  const plan = {
    databaseName,
    username,
    steps: [],
    findings: [],
    unchecked: [],
    notes: [],
  };

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
      kind: 'grant role to master',
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
    ...planLogin(login, database, {
      willChange: steps.length > 0,
      strict: options.strict,
    }),
  };
};

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
      kind: 'revoke from public',
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
