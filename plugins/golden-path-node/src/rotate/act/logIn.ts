import { ConflictError, ServiceUnavailableError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import type { DesiredDatabase } from '../../provision/decide/desired';
import type { Session } from '../../provision/ports';
import type { RotationDeps } from '../ports';
import { nameApplication } from './observeEntry';
import type { Rotation } from './openRotation';

/** How long a login and its query may take, in ms: the owner's settings and triggers run with them. */
const TIMEOUT_MS = 10_000;

interface Seen {
  user: string;
  login: string;
}

/** Keywords only: the owner's search_path decides what any function, type or operator is. */
const WHO_AM_I = 'SELECT current_user AS "user", session_user AS "login"';

/**
 * Logs in as an app does, with the settings of the role and the database.
 * @param timeoutMs - longest duration of the login and its query, in ms
 * @throws ConflictError when the login fails, takes too long, or isn't the owner's
 * @throws ServiceUnavailableError when the instance is unreachable, or the run is stopped
 */
export const logIn = async (
  { connect, options }: RotationDeps,
  { environment, master: { host, port } }: Rotation,
  {
    login,
    username,
    databaseName,
    password,
  }: Pick<DesiredDatabase, 'login' | 'username' | 'databaseName'> & {
    password: string;
  },
  timeoutMs = TIMEOUT_MS,
): Promise<void> => {
  const tooLate = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any(
    [tooLate, options.signal].filter(one => one !== undefined),
  );
  let session: Session | undefined;
  try {
    session = await connect({
      host,
      port,
      database: databaseName,
      username: login,
      password,
      applicationName: nameApplication(environment, options.runId),
      settings: 'own',
      signal,
    });
    const [seen] = await Promise.race([
      session.query<Seen>(WHO_AM_I),
      rejectOn(signal),
    ]);
    if (seen.user !== username || seen.login !== login)
      throw new ConflictError(
        `${login} is ${seen.user} after its login, not ${username}. goldenpath-rds provision --check shows the setting that makes it so.`,
      );
  } catch (error) {
    if (options.signal?.aborted)
      throw new ServiceUnavailableError(
        `${host}:${port}: stopped while logging in. Run it again.`,
      );
    if ((error as Error).name === 'ConflictError') throw error;
    // The owner can make its own sessions fail, hang or end; an instance that is down is seen at the next connection.
    if (!session && !tooLate.aborted && (error as Error).name !== 'SqlError')
      throw error;
    throw new ConflictError(
      `${login} can't log in to database ${databaseName} with its new password: ${
        tooLate.aborted
          ? `no answer within ${timeoutMs / 1000} s`
          : describeReason(error as Error)
      }`,
      tooLate.aborted ? undefined : (error as Error),
    );
  } finally {
    await session?.close();
  }
};

const rejectOn = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => {
    const stop = () => fail(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
