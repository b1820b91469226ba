import {
  AuthenticationError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { POOLER } from '../preflight';
import type { MasterLogin } from '../secretValues';
import { isTooManyConnections, isWrongPassword } from './sqlState';

/** Explains a rejected query. A rejected change is in its database's result instead. */
export const explainServerError = (
  error: unknown,
  { host, port }: MasterLogin,
): Error => {
  const { name, message } = error as Error;
  if (name !== 'SqlError') return error as Error;
  return new ServiceUnavailableError(
    `${host}:${port} rejected a query: ${message}. Earlier changes are kept. Run it again.`,
    error as Error,
  );
};

export const explainMasterError = (
  error: unknown,
  master: MasterLogin,
): Error => {
  const { host, port, username, secretPath } = master;
  const { name, message } = error as Error;
  if (name !== 'SqlError') return error as Error;
  if (isTooManyConnections(error)) {
    return new ServiceUnavailableError(
      `${host}:${port} has no free connection for the master "${username}": ${message}. Wait until other sessions end, or raise max_connections.`,
      error as Error,
    );
  }
  // PgBouncer and RDS Proxy reject our session settings with these messages.
  if (/startup parameter|command-line options/.test(message)) {
    return new NotAllowedError(
      `${host}:${port} rejects the master "${username}": ${message}. ${POOLER}`,
      error as Error,
    );
  }
  return isWrongPassword(error)
    ? new AuthenticationError(
        `${host}:${port} rejects the password of the master "${username}" from secret ${secretPath}. After a rotation, wait until the instance has the new password; then run again.`,
        error as Error,
      )
    : new NotAllowedError(
        `${host}:${port} rejects the master "${username}": ${message}.`,
        error as Error,
      );
};
