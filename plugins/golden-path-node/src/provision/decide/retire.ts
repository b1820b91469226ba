import type { PrintedPlan } from './events';
import { parseMark } from './mark';
import type { ObservedServer } from './observation';
import { quoteIdentifier } from './postgres/sql';
import { limitLines } from './preflight';
import { count } from './report';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

/** A role with a mark, of any environment, that no entry declares. */
export interface MarkedRole {
  name: string;
  comment: string;
  canLogin: boolean;
  /** Its open sessions. */
  sessions: number;
  /** Databases that it owns. */
  databases: string[];
  /** Whether it is a superuser or has REPLICATION or BYPASSRLS. */
  hasPowers: boolean;
  isMaster: boolean;
  /** Whether the master may alter it. */
  isOursToAlter: boolean;
  /** Whether the master may end its sessions as it is; else it must be a member meanwhile. */
  maySignal: boolean;
}

/** A managed role of this environment without an entry. */
export interface Retirement {
  role: MarkedRole;
  /** Its database, as the secret's path names it where it owns none or several. */
  database: string;
  secretPath: string;
  /** The owner role of a second login. */
  cloneOf?: string;
  /** Whether an entry declares the database, with another role. */
  isDatabaseDeclared: boolean;
}

/**
 * Selects the managed roles of one environment that no entry declares. A second login is declared with its owner role.
 * @param isOfEnvironment - whether a secret's path is that of a database of this environment
 */
export const selectRetirements = (
  marked: readonly MarkedRole[],
  isOfEnvironment: (secretPath: string) => boolean,
  declared: ReadonlyArray<Pick<TfvarsEntry, 'databaseName' | 'username'>>,
): Retirement[] => {
  const kept = new Set(declared.map(({ username }) => username));
  const databases = new Set(declared.map(({ databaseName }) => databaseName));
  return marked.flatMap(role => {
    const { path, cloneOf } = parseMark(role.comment) ?? {};
    if (path === undefined || !isOfEnvironment(path)) return [];
    if (kept.has(role.name) || (cloneOf !== undefined && kept.has(cloneOf)))
      return [];
    const owned = marked.find(({ name }) => name === (cloneOf ?? role.name));
    const [first, ...more] = owned?.databases ?? [];
    const database =
      first !== undefined && more.length === 0
        ? first
        : path.split('/').at(-2) ?? '';
    return [
      {
        role,
        database,
        secretPath: path,
        isDatabaseDeclared: databases.has(database),
        ...(cloneOf === undefined ? {} : { cloneOf }),
      },
    ];
  });
};

/** Whether nobody can get in as this role. */
export const isLocked = ({ role }: Retirement): boolean =>
  !role.canLogin && role.sessions === 0;

/** Whether a run may lock it, once its database is named. */
const mayLock = (one: Retirement): boolean =>
  !isLocked(one) && !one.isDatabaseDeclared;

/** Selects the roles to lock: those of the named databases that are not locked yet. */
export const selectNamed = (
  retirements: readonly Retirement[],
  names: readonly string[],
): Retirement[] =>
  retirements.filter(one => mayLock(one) && names.includes(one.database));

/** Explains which of the named databases have no role that a run may lock, or has locked; undefined if each has one. */
export const findUnknownNames = (
  retirements: readonly Retirement[],
  names: readonly string[],
  environment: string,
): string | undefined => {
  const unknown = names.filter(
    name =>
      !retirements.some(
        one => one.database === name && !one.isDatabaseDeclared,
      ),
  );
  if (unknown.length === 0) return undefined;
  return `--retire: ${unknown
    .map(name => JSON.stringify(name))
    .join(
      ', ',
    )}: no managed role without an entry in ${environment} has this database. Nothing was changed. List what can be locked: ${lockCommand(
    environment,
  )}`;
};

const lockCommand = (environment: string, database?: string): string =>
  [
    `goldenpath-rds provision --root . --env ${environment} --retire`,
    ...(database === undefined ? [] : [database]),
  ].join(' ');

/** Tells of the roles that are not locked, one per line. */
export const describeUndeclared = (
  retirements: readonly Retirement[],
  environment: string,
): string[] =>
  retirements
    .filter(one => !isLocked(one))
    .map(
      one =>
        `role ${nameRole(one)}, has no entry any more, but ${
          one.role.canLogin
            ? 'can still log in'
            : `${count(one.role.sessions, 'session')} of it ${
                one.role.sessions === 1 ? 'is' : 'are'
              } still open`
        }. ${describeNextStep(one, environment)}`,
    );

/** The note of a run: at most as many lines as other notes. */
export const limitUndeclared = (lines: readonly string[]): string[] =>
  limitLines(lines, 'managed roles have no entry any more');

const describeNextStep = (
  { database, role, isDatabaseDeclared }: Retirement,
  environment: string,
): string =>
  isDatabaseDeclared
    ? `Its database ${database} is declared with another role. Declare this one again, or lock it by hand: ALTER ROLE ${quoteIdentifier(
        role.name,
      )} NOLOGIN;`
    : `Pull the newest main, then lock it with ${lockCommand(
        environment,
        database,
      )}, or declare it again.`;

/** With `--retire` but no name, when no role is left to lock. */
export const NOTHING_TO_LOCK =
  'nothing to lock: every managed role has an entry or is locked.';

/** Tells of the roles that are locked and still there, one per line. */
export const describeLocked = (retirements: readonly Retirement[]): string[] =>
  limitLines(
    retirements
      .filter(isLocked)
      .map(
        one =>
          `role ${nameRole(one)}, has no entry any more and is locked${
            one.role.databases.length > 0
              ? `; it owns ${one.role.databases.join(', ')}`
              : ''
          }. A person takes the last dump and drops it: docs/runbook.md.`,
      ),
    'managed roles without an entry are locked',
  );

const nameRole = ({ role, cloneOf, secretPath }: Retirement): string =>
  `${role.name}, ${
    cloneOf === undefined ? '' : `the second login of ${cloneOf}, `
  }managed by secret ${secretPath}`;

/** Why every change for an undeclared role is made. */
export const RETIRE_REASON = 'no entry declares it';

/** What is done to a role, as printed. */
export const describeRetirement = ({ role }: Retirement): string => {
  const ends = `end ${count(role.sessions, 'connection')} of`;
  if (!role.canLogin) return `${ends} the locked role ${role.name}`;
  return role.sessions > 0
    ? `lock role ${role.name} and ${ends} it`
    : `lock role ${role.name}`;
};

/** Why a role can't be locked; undefined when it can. */
export const findRetireRefusal = (
  { role }: Retirement,
  server: ObservedServer,
): string | undefined => {
  const { name } = role;
  if (role.isMaster)
    return `Role ${name} is the master of the instance and is never locked. Remove its comment: COMMENT ON ROLE ${quoteIdentifier(
      name,
    )} IS NULL;`;
  if (role.hasPowers)
    return `Role ${name} has SUPERUSER, REPLICATION or BYPASSRLS. A superuser must lock it: ALTER ROLE ${quoteIdentifier(
      name,
    )} NOLOGIN;`;
  if (!role.isOursToAlter)
    return `Role ${name} has another creator, and ${
      server.currentUser
    } may not change it. A superuser must run: GRANT ${quoteIdentifier(
      name,
    )} TO ${quoteIdentifier(server.currentUser)} WITH ADMIN OPTION;`;
  return undefined;
};

/** The plan for one role, as printed. */
export const printRetirement = (
  retirement: Retirement,
  server: ObservedServer,
): PrintedPlan => {
  const refusal = findRetireRefusal(retirement, server);
  return {
    database: retirement.database,
    username: retirement.role.name,
    changes:
      refusal === undefined
        ? [
            {
              action: 'retire',
              description: describeRetirement(retirement),
              reason: RETIRE_REASON,
            },
          ]
        : [],
    ...(refusal === undefined ? {} : { refusal }),
    findings: [],
    told: [],
    unchecked: [],
    remedies: [],
  };
};
