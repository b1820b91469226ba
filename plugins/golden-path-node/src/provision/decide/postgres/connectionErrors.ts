import {
  AuthenticationError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { POOLER } from '../preflight';
import type { MasterLogin } from '../secretValues';
import { isTooManyConnections, isWrongPassword } from './sqlState';

/** What the server said to a question; what it says to a change is in that database's result. */
export const explainServerError = (
  error: unknown,
  { host, port }: MasterLogin,
): Error => {
  const { name, message } = error as Error;
  if (name !== 'SqlError') return error as Error;
  return new ServiceUnavailableError(
    `${host}:${port} said no to what the run asked: ${message}. Run it again: what was made before that stands.`,
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
      `${host}:${port} has no free connection for the master "${username}": ${message}. Wait until others have left, or raise max_connections.`,
      error as Error,
    );
  }
  // What pgbouncer and RDS Proxy say to the settings that we begin a session with.
  if (/startup parameter|command-line options/.test(message)) {
    return new NotAllowedError(
      `${host}:${port} does not let the master "${username}" in: ${message}. ${POOLER}`,
      error as Error,
    );
  }
  return isWrongPassword(error)
    ? new AuthenticationError(
        `${host}:${port} does not accept the password of the master "${username}" that is in ${secretPath}. Where it was rotated, wait until the instance has it; then run again.`,
        error as Error,
      )
    : new NotAllowedError(
        `${host}:${port} does not let the master "${username}" in: ${message}.`,
        error as Error,
      );
};
