import { describeReason } from '../../../errors/describeReason';
import { findClosedDatabase } from '../databaseState';
import type { Finding } from '../finding';
import type { ObservedDatabase } from '../observation';
import { isFileMissing, readSqlState } from './sqlState';

/** What the master saw right after a login failed. */
export interface SeenAtLogin {
  role?: {
    canLogin: boolean;
    connectionLimit: number;
    sessions: number;
    /** Whether it is a member of rds_iam, directly or through other roles. */
    isIamOnly: boolean;
  };
  database?: Pick<
    ObservedDatabase,
    'name' | 'owner' | 'connectionLimit' | 'allowsConnections' | 'sessions'
  >;
  isInRecovery: boolean;
  /** Connections that a role without reserved ones may still open on the instance. */
  freeConnections: number;
}

/**
 * What a failed login means. `shut out`: the server was seen to keep the app out. `not seen`: nothing is known about the
 * login; with `isServerWide` no other login can be seen now either.
 */
export type LoginFailure =
  | { meaning: 'wrong password' }
  | { meaning: 'database missing' }
  | { meaning: 'shut out'; finding: Finding; missesLibrary?: boolean }
  | { meaning: 'not seen'; cause: string; isServerWide: boolean };

export interface FailedLogin {
  databaseName: string;
  username: string;
  /** The limit of the role that its entry declares; -1 is none. */
  declaredLimit: number;
  /** Whether the database was there when the run began. */
  hadDatabase: boolean;
}

/**
 * SQLSTATEs (PostgreSQL docs, appendix A), whole or by class, that say something of the server's state and nothing of the
 * role, its password or its database.
 */
const SERVER_STATES: Readonly<Record<string, string>> = {
  // Connection exceptions; also how PgBouncer and RDS Proxy reject what they don't take.
  '08': 'the connection broke off',
  '57P01': 'the server is shutting down',
  '57P02': 'the server crashed and is starting again',
  '57P03': 'the server is starting, stopping or in recovery',
  '57000': 'an operator intervened',
};
const OTHER_STATES: Readonly<Record<string, string>> = {
  '00': 'the server gave no error',
  '01': 'the server only warned',
  // "unsupported frontend protocol", and RDS Proxy for what it doesn't support.
  '0A': 'the endpoint does not support what the login needs, as with a connection pooler',
  '40': 'the login conflicted with another session',
  '53000': 'the server is out of resources',
  '53100': "the server's disk is full",
  '53200': 'the server is out of memory',
  '53400': 'a limit in the configuration of the server is reached',
  '55006': 'the database was in use',
  '55P03': 'another session held a lock on the database',
  '57P04': 'the database was dropped meanwhile',
  '57P05': 'its session was ended, as idle, before anything could be read',
  '58000': 'the server has a system error',
  '58030': 'the server has an I/O error',
  F0: 'the server has an error in its configuration',
  XX: 'the server has an internal error',
};

/** Codes whose meaning depends on what the master sees. */
const NEEDS_LOOK = ['25006', '28000', '3D000', '42501', '53300', '55000'];

/** Whether the master has to look before `explainLoginFailure` can tell what the failure means. */
export const needsLook = (error: unknown): boolean =>
  NEEDS_LOOK.includes(readSqlState(error) ?? '');

/** Whether the next attempt may succeed without anybody's help: a limit reached, a statement cancelled. */
export const isBrief = (error: unknown): boolean =>
  ['53300', '57014', '55P03', '55006'].includes(readSqlState(error) ?? '') ||
  (readSqlState(error) ?? '').startsWith('40');

/**
 * Says what a failed login means: by its SQLSTATE, or by its having none, and by what the master saw. Its text is only
 * told. What the server says once the password was right keeps the app out, unless it speaks of the server's own state.
 * @param seen absent when the master could not look
 */
export const explainLoginFailure = (
  error: unknown,
  login: FailedLogin,
  seen: SeenAtLogin | undefined,
): LoginFailure => {
  const message = describeReason(error as Error);
  const code = readSqlState(error);
  // Nothing that the server said: DNS, network, TLS, a time-out.
  if (code === undefined) return notSeen(message, true);
  if (code === '28P01') return { meaning: 'wrong password' };
  const serverState = SERVER_STATES[code] ?? SERVER_STATES[code.slice(0, 2)];
  if (serverState) return notSeen(`${serverState}: ${message}`, true);
  const state = OTHER_STATES[code] ?? OTHER_STATES[code.slice(0, 2)];
  if (state || code === '') return notSeen(join(state, message));
  if (isFileMissing(error))
    return { ...shutOut(login, message), missesLibrary: true };
  if (needsLook(error)) return explainSeen(code, message, login, seen);
  return shutOut(login, message);
};

const notSeen = (cause: string, isServerWide = false): LoginFailure => ({
  meaning: 'not seen',
  cause,
  isServerWide,
});

const shutOut = ({ username }: FailedLogin, reason: string) => ({
  meaning: 'shut out' as const,
  finding: {
    kind: 'drift' as const,
    text: `${username} can't log in: ${reason}`,
  },
});

const join = (words: string | undefined, message: string) =>
  words ? `${words}: ${message}` : message;

const explainSeen = (
  code: string,
  message: string,
  login: FailedLogin,
  seen: SeenAtLogin | undefined,
): LoginFailure => {
  const { databaseName, username, hadDatabase } = login;
  // The server checks the password first, then the database.
  if (code === '3D000' && !hadDatabase) return { meaning: 'database missing' };
  if (!seen) return notSeen(`the cause could not be looked at: ${message}`);
  const { role, database, isInRecovery } = seen;
  const closed = database && findClosedDatabase(database);
  switch (code) {
    case '3D000':
      return notSeen(`database ${databaseName} disappeared meanwhile`);
    case '25006':
      return isInRecovery
        ? notSeen(`the server has become a standby: ${message}`, true)
        : shutOut(login, message);
    case '28000':
      if (!role) return notSeen(`role ${username} disappeared meanwhile`);
      if (!role.canLogin) return shutOut(login, 'it has NOLOGIN');
      return shutOut(
        login,
        role.isIamOnly
          ? `it is a member of rds_iam, so that RDS takes no password of it: ${message}`
          : `${message}. The password is not at fault: the server's rules for authentication (pg_hba.conf) reject it`,
      );
    case '53300':
      return explainLimit(message, login, seen);
    case '55000':
      return closed
        ? { meaning: 'shut out', finding: closed }
        : shutOut(login, message);
    default:
      return shutOut(login, message);
  }
};

/** Which limit was reached: the numbers tell; the server has one SQLSTATE for all. */
const explainLimit = (
  message: string,
  { username, declaredLimit }: FailedLogin,
  { role, database, freeConnections }: SeenAtLogin,
): LoginFailure => {
  const closed = database && findClosedDatabase(database);
  if (closed) return { meaning: 'shut out', finding: closed };
  if (role && role.connectionLimit >= 0) {
    const { connectionLimit, sessions } = role;
    if (sessions >= connectionLimit) {
      return connectionLimit === declaredLimit
        ? notSeen(
            `the CONNECTION LIMIT ${connectionLimit} of ${username}, as its entry declares it, is used up by ${sessions} sessions`,
          )
        : {
            meaning: 'shut out',
            finding: {
              kind: 'drift',
              text: `${username} can't log in: it has CONNECTION LIMIT ${connectionLimit}, and its entry declares ${declaredLimit}`,
            },
          };
    }
  }
  return notSeen(
    freeConnections <= 0
      ? `the instance has no free connection: ${message}`
      : `a limit of connections was reached, and no longer is: ${message}`,
  );
};
