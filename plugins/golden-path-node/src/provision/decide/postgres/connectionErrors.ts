import {
  AuthenticationError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { POOLER } from '../preflight';
import type { MasterLogin } from '../secretValues';
import { quoteIdentifier } from './sql';
import { readSqlState } from './sqlState';

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

type ErrorClass = new (message: string, cause?: Error) => Error;

/** Explains why the master couldn't log in to database `postgres`, with the next step, by SQLSTATE. */
export const explainMasterError = (
  error: unknown,
  master: MasterLogin,
): Error => {
  const code = readSqlState(error);
  if (code === undefined) return error as Error;
  const [ErrorOf, words] = describeRejection(
    code,
    (error as Error).message,
    master,
  );
  return new ErrorOf(`${master.host}:${master.port} ${words}`, error as Error);
};

const describeRejection = (
  code: string,
  message: string,
  { username, secretPath }: MasterLogin,
): [ErrorClass, string] => {
  const name = quoteIdentifier(username);
  const rejects = `rejects the master "${username}": ${message}.`;
  switch (code) {
    case '28P01':
      return [
        AuthenticationError,
        `rejects the password of the master "${username}" from secret ${secretPath}. After a rotation, wait until the instance has the new password; then run again.`,
      ];
    case '28000':
      return [
        NotAllowedError,
        `${rejects} It must have LOGIN (ALTER ROLE ${name} LOGIN), must not be a member of rds_iam, directly or through another role, and pg_hba.conf must let it in from this machine with a password.`,
      ];
    case '3D000':
      return [
        NotAllowedError,
        `has no database "postgres", where runs take their lock. Create it from another database: CREATE DATABASE postgres TEMPLATE template0;`,
      ];
    case '42501':
      return [
        NotAllowedError,
        `${rejects} It must be able to enter database postgres, where runs take their lock. The owner of that database can run: GRANT CONNECT ON DATABASE postgres TO ${name};`,
      ];
    case '55000':
      return [
        NotAllowedError,
        `${rejects} Runs take their lock in database postgres. Its owner can run in another database: ALTER DATABASE postgres ALLOW_CONNECTIONS true;`,
      ];
    case '53300':
      return [
        ServiceUnavailableError,
        `has no free connection for the master "${username}": ${message}. Wait until other sessions end, use a lower --concurrency, or raise max_connections, the CONNECTION LIMIT of ${name} or that of database postgres, whichever is reached.`,
      ];
    case '57P01':
    case '57P02':
    case '57P03':
      return [
        ServiceUnavailableError,
        `takes no connections now: ${message}. Wait until the instance is available, and run it again.`,
      ];
    case '08P01':
    case '0A000':
      return [NotAllowedError, `${rejects} ${POOLER}`];
    default:
      return [
        /^(?:08|53|57|58|XX)/.test(code)
          ? ServiceUnavailableError
          : NotAllowedError,
        `${rejects} This may come from what runs at its login, such as a login event trigger in database postgres, or from settings of the master (SQLSTATE ${code}).`,
      ];
  }
};
