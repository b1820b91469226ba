import type { PrintedPlan } from './events';
import { parseMark } from './mark';
import type { ObservedServer } from './observation';
import { quoteIdentifier } from './postgres/sql';
import { limitLines } from './preflight';
import { count } from './report';

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
}

/**
 * Selects the managed roles of one environment that no entry declares. A second login is declared with its owner role.
 * @param isOfEnvironment - whether a secret's path is that of a database of this environment
 * @param declared - the roles of the entries
 */
export const selectRetirements = (
  marked: readonly MarkedRole[],
  isOfEnvironment: (secretPath: string) => boolean,
  declared: readonly string[],
): Retirement[] => {
  const kept = new Set(declared);
  return marked.flatMap(role => {
    const { path, cloneOf } = parseMark(role.comment) ?? {};
    if (path === undefined || !isOfEnvironment(path)) return [];
    if (kept.has(role.name) || (cloneOf !== undefined && kept.has(cloneOf)))
      return [];
    const owned = marked.find(({ name }) => name === (cloneOf ?? role.name));
    const [database, ...more] = owned?.databases ?? [];
    return [
      {
        role,
        database:
          database !== undefined && more.length === 0
            ? database
            : path.split('/').at(-2) ?? '',
        secretPath: path,
        ...(cloneOf === undefined ? {} : { cloneOf }),
      },
    ];
  });
};

/** Whether nobody can get in as this role. */
export const isLocked = ({ role }: Retirement): boolean =>
  !role.canLogin && role.sessions === 0;

/** Tells of the roles that are not locked, one per line. */
export const describeUndeclared = (
  retirements: readonly Retirement[],
): string[] =>
  limitLines(
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
          }. Lock it with --retire, or declare it again.`,
      ),
    'managed roles have no entry any more',
  );

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
