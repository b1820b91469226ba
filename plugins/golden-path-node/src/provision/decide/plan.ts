import type { Change, PlannedAfter } from './change';
import { nameClone } from './clone';
import type { DesiredDatabase } from './desired';
import { describeGrant } from './grantChains';
import { Finding, isDrift, Remedy, weighFindings } from './finding';
import type {
  DatabaseGrant,
  Observation,
  ObservedDatabase,
} from './observation';
import { planClone } from './planClone';
import { planLogin } from './planLogin';
import { PlannedMemberships, planMemberships } from './planMemberships';
import { planPrivileges } from './planPrivileges';
import type { ObjectsUnseen } from './planObjects';
import { planRole } from './planRole';
import { planUndeclared } from './planUndeclared';
import { findCloneRefusal } from './cloneRefusal';
import {
  findDatabaseRefusal,
  findRoleRefusal,
  joinRefusals,
  PlanOptions,
  refuseForeignMemberships,
  refuseUnseen,
  refuseWithoutAdminOption,
} from './refusals';

/** Changes applied together, in this order. A step without a transaction is a single statement. */
export interface PlannedStep {
  inTransaction: boolean;
  /** Role that runs the statements (SET LOCAL ROLE): GRANT and REVOKE change only the grants of their grantor. */
  as?: string;
  /** Database to connect to. Default: `postgres`. */
  inDatabase?: string;
  /** Whether it is about the second login. */
  ofClone?: true;
  changes: Change[];
}

/** The changes for one database. */
export interface DatabasePlan {
  databaseName: string;
  username: string;
  steps: PlannedStep[];
  /** Why nothing is changed: the role or database is unmanaged. */
  refusal?: string;
  /** The statements that end the refusal. */
  remedies: Remedy[];
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
  const { server } = observed;
  const role = observed.roles.get(username);
  const database = observed.databases.get(databaseName);
  const plan = {
    databaseName,
    username,
    steps: [],
    remedies: [],
    findings: [],
    unchecked: [],
    notes: [],
  };

  const ofDatabase = findDatabaseRefusal(desired, database, server, options);
  const unmanaged = [
    findRoleRefusal(desired, role, server, options),
    findCloneRefusal(desired, observed, options),
    ofDatabase,
  ].filter(it => it !== undefined);
  const hopeless = unmanaged.find(({ remedies }) => remedies.length === 0);
  if (hopeless) return { ...plan, ...hopeless };

  const { steps, foreign, findings, unseen } = planSteps(desired, observed);
  const login = planLogin(observed.logins.get(username), database, {
    willChange: steps.length > 0,
    strict: options.strict,
  });
  const refusals = [...unmanaged];
  // Its owner comes first.
  const isUnseen = unseen !== undefined && ofDatabase === undefined;
  if (isUnseen) refusals.push(refuseUnseen(desired, database, unseen, server));
  const changesRole = steps.some(({ ofClone, changes }) =>
    changes.some(ofClone ? ({ kind }) => kind === 'join owner' : isOfRole),
  );
  const lacksOption = role && changesRole && !role.isOursToAlter;
  if (lacksOption) refusals.push(refuseWithoutAdminOption(role, server));
  const clone = observed.clones.get(username);
  if (clone && !clone.isOursToAlter && steps.some(({ ofClone }) => ofClone))
    refusals.push(refuseWithoutAdminOption(clone, server));
  if (foreign.length > 0 && !lacksOption)
    refusals.push(refuseForeignMemberships(username, foreign, server));
  if (refusals.length > 0) {
    return {
      ...plan,
      ...joinRefusals(refusals),
      // They may say why the master can't get in.
      findings: isUnseen
        ? [...weighFindings(findings, options), ...login.findings]
        : [],
      // Unless the database was seen to be closed, nothing was seen to differ.
      unchecked:
        isUnseen && !login.findings.some(isDrift)
          ? [`objects to adopt in database ${databaseName} not checked`]
          : [],
    };
  }
  return {
    ...plan,
    steps,
    ...login,
    findings: [...weighFindings(findings, options), ...login.findings],
  };
};

const isOfRole = (change: Change): boolean => !('database' in change);

/** What a state still requires of one database, whether or not it may be changed. */
export const planAfter = (
  desired: DesiredDatabase,
  observed: Observation,
): PlannedAfter => {
  const { steps, left } = planSteps(desired, observed);
  return {
    changes: steps.flatMap(({ changes }) => changes),
    lasting: left.filter(({ grantee }) => grantee === null).map(describeGrant),
  };
};

/** Plans the steps for one database, whether or not it may be changed. */
const planSteps = (
  desired: DesiredDatabase,
  observed: Observation,
): {
  steps: PlannedStep[];
  foreign: PlannedMemberships['foreign'];
  findings: Finding[];
  left: DatabaseGrant[];
  unseen?: ObjectsUnseen;
} => {
  const { databaseName, username } = desired;
  const { server, roles } = observed;
  const role = roles.get(username);
  const database = observed.databases.get(databaseName);
  const ownership = planOwnership(desired, database);
  const { groups, left } = planPrivileges(desired, database, server);
  const undeclared = planUndeclared(desired, observed, left);
  const mayJoin = (name: string) => {
    const other = roles.get(name);
    return (
      other !== undefined && other.isOursToAlter && other.powers.length === 0
    );
  };
  const { joins, revokes, foreign } = role
    ? planMemberships(role, roles, mayJoin)
    : { joins: [], revokes: [], foreign: [] };
  const isMember = role ? role.isOursToActAs : server.isSuperuser;
  const changesDatabase =
    ownership.length +
      undeclared.changes.length +
      groups.flatMap(({ changes }) => changes).length >
    0;
  const needsMembership =
    changesDatabase && !isMember && !joins.includes(username);
  const roleChanges: Change[] = [
    ...joins.map(name =>
      joinRole(name, `only members of ${name} may revoke what it granted`),
    ),
    ...revokes,
    ...planRole(desired, role, observed.logins.get(username)),
    ...(needsMembership
      ? [
          joinRole(
            username,
            `only members of ${username} may create and change its objects`,
          ),
        ]
      : []),
  ];
  const clone = planClone(
    desired,
    observed.clones.get(username),
    observed.logins.get(username),
    { server, isDeclared: roles.has(nameClone(username)) },
  );
  const steps = [
    { inTransaction: true, changes: roleChanges },
    { inTransaction: true, ofClone: true as const, changes: clone.changes },
    undeclared.changes.length > 0
      ? {
          // All or nothing: the database and what is inside.
          inTransaction: true,
          inDatabase: databaseName,
          changes: [...ownership, ...undeclared.changes],
        }
      : { inTransaction: false, changes: ownership },
    ...groups.map(({ isMasters, changes }) => ({
      inTransaction: true,
      // A new database has only its owner's grants.
      ...(database && !isMasters ? { as: username } : {}),
      changes,
    })),
  ].filter(({ changes }) => changes.length > 0);
  return {
    steps,
    foreign,
    findings: [...clone.findings, ...undeclared.findings],
    left,
    unseen: undeclared.unseen,
  };
};

const joinRole = (role: string, reason: string): Change => ({
  kind: 'grant role to master',
  role,
  reason,
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
