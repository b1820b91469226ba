/** SQLSTATEs by what they mean to us (PostgreSQL, appendix A). */
const WRONG_PASSWORD = '28P01';
const DATABASE_MISSING = '3D000';
const PERMISSION_DENIED = '42501';
const TOO_MANY_CONNECTIONS = '53300';
const LOCK_NOT_AVAILABLE = '55P03';
/** By an administrator, by a crash, for being idle. */
const SESSION_ENDED = ['57P01', '57P02', '57P05'];
const CONFLICTS = ['40001', '40P01', '55006'];
const INVALID_PARAMETER = '22023';
const INTERNAL_ERROR = 'XX000';

/** What the server said to a statement or a login: an error, or a warning that we take for one. */
export class SqlError extends Error {
  readonly name = 'SqlError';
  constructor(message: string, readonly sqlState: string, cause?: unknown) {
    super(message, { cause });
  }
}

const stateOf = (error: unknown): string | undefined =>
  error instanceof Error && error.name === 'SqlError'
    ? (error as SqlError).sqlState
    : undefined;

export const isWrongPassword = (error: unknown) =>
  stateOf(error) === WRONG_PASSWORD;

export const isDatabaseMissing = (error: unknown) =>
  stateOf(error) === DATABASE_MISSING;

const isPermissionDenied = (error: unknown) =>
  stateOf(error) === PERMISSION_DENIED;

export const isTooManyConnections = (error: unknown) =>
  stateOf(error) === TOO_MANY_CONNECTIONS;

export const isLockTimeout = (error: unknown) =>
  stateOf(error) === LOCK_NOT_AVAILABLE;

/** The server's last words on a connection: it was no fault of the statement. */
export const isSessionEnded = (error: unknown) =>
  SESSION_ENDED.includes(stateOf(error) ?? '');

/** Class 01. A GRANT or REVOKE that did nothing says no more than this. */
export const isWarning = (sqlState: string) => sqlState.startsWith('01');

/** Two sessions met on the same row or object: the same statement may well succeed a moment later. */
export const isWorthRetrying = (error: unknown): boolean => {
  const state = stateOf(error);
  return (
    CONFLICTS.includes(state ?? '') ||
    (state === INTERNAL_ERROR &&
      /tuple concurrently updated/.test((error as Error).message))
  );
};

/** A policy on passwords, such as PostgreSQL's module passwordcheck, has said no. */
export const isPasswordRefused = (error: unknown): boolean =>
  stateOf(error) === INVALID_PARAMETER &&
  /password/i.test((error as Error).message);

/** RDS with `rds.restrict_password_commands`: only members of rds_password set passwords. */
export const isPasswordRestricted = (error: unknown): boolean =>
  isPermissionDenied(error) && /rds_password/.test((error as Error).message);
