/** SQLSTATEs by meaning (PostgreSQL docs, appendix A). */
const PERMISSION_DENIED = '42501';
/** At a login: a library that its session loads (`session_preload_libraries`). */
const UNDEFINED_FILE = '58P01';
const TOO_MANY_CONNECTIONS = '53300';
const LOCK_NOT_AVAILABLE = '55P03';
/** Ended by an administrator, by a crash, by an idle timeout. */
const SESSION_ENDED = ['57P01', '57P02', '57P05'];
const CONFLICTS = ['40001', '40P01', '55006'];
const QUERY_CANCELED = '57014';
const INVALID_PARAMETER = '22023';
const INTERNAL_ERROR = 'XX000';

/** The server's error for a statement or a login, or a warning that counts as an error. */
export class SqlError extends Error {
  readonly name = 'SqlError';
  constructor(message: string, readonly sqlState: string, cause?: unknown) {
    super(message, { cause });
  }
}

export const readSqlState = (error: unknown): string | undefined =>
  error instanceof Error && error.name === 'SqlError'
    ? (error as SqlError).sqlState
    : undefined;

export const isPermissionDenied = (error: unknown): boolean =>
  readSqlState(error) === PERMISSION_DENIED;

export const isFileMissing = (error: unknown): boolean =>
  readSqlState(error) === UNDEFINED_FILE;

/** Also as the cause of an error that explains it. */
export const isTooManyConnections = (error: unknown): boolean =>
  [error, (error as Error).cause].some(
    one => readSqlState(one) === TOO_MANY_CONNECTIONS,
  );

export const isLockTimeout = (error: unknown) =>
  readSqlState(error) === LOCK_NOT_AVAILABLE;

/** The server ended the session; the statement is not at fault. */
export const isSessionEnded = (error: unknown) =>
  SESSION_ENDED.includes(readSqlState(error) ?? '');

/** By statement_timeout, by an administrator. */
export const isCancelled = (error: unknown) =>
  readSqlState(error) === QUERY_CANCELED;

/** Class 01. A GRANT or REVOKE without effect only warns. */
export const isVoidGrant = (sqlState: string) => sqlState.startsWith('01');

/** Two sessions conflicted on a row or object; a retry may succeed. */
export const isWorthRetrying = (error: unknown): boolean => {
  const state = readSqlState(error);
  return (
    CONFLICTS.includes(state ?? '') ||
    (state === INTERNAL_ERROR &&
      /tuple concurrently updated/.test((error as Error).message))
  );
};

/** A password policy, such as PostgreSQL's module passwordcheck, rejected the password. */
export const isPasswordRefused = (error: unknown): boolean =>
  readSqlState(error) === INVALID_PARAMETER &&
  /password/i.test((error as Error).message);

/** RDS with `rds.restrict_password_commands`: only members of rds_password may set passwords. */
export const isPasswordRestricted = (error: unknown): boolean =>
  isPermissionDenied(error) && /rds_password/.test((error as Error).message);
