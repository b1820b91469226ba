import { ServiceUnavailableError } from '@backstage/errors';
import {
  JOIN_WORK,
  OBSERVE_LOCK_HOLDER,
  RELEASE_WORK,
  TRY_LOCK,
  WAIT_FOR_LOCK,
} from '../decide/postgres/observeSql';
import { isLockTimeout } from '../decide/postgres/sqlState';
import type { ProvisionReporter, Session } from '../ports';

/** How long we wait in the server's queue before we say again who is ahead. */
const WAIT_MS = 10_000;

interface Holder {
  pid: number;
  application: string;
  address: string;
  seconds: number;
}

/**
 * Takes the lock that keeps two runs on one instance apart. It is held until the session ends, which must be in
 * database `postgres` and used for nothing else.
 * @returns whether it had to be waited for
 * @throws ServiceUnavailableError when it wasn't free within `timeoutMs`, naming who holds it
 */
export const takeLock = async (
  session: Session,
  options: {
    timeoutMs: number;
    now(): Date;
    report: ProvisionReporter;
    signal?: AbortSignal;
  },
): Promise<boolean> => {
  const [{ isLocked }] = await session.query<{ isLocked: boolean }>(TRY_LOCK);
  if (!isLocked) await waitForLock(session, options);
  await session.query(RELEASE_WORK);
  return !isLocked;
};

/** Says on a session that changes are made on it, so that whoever comes next waits for its end even where we are killed. */
export const joinWork = async (session: Session): Promise<Session> => {
  try {
    await session.query(JOIN_WORK);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};

const waitForLock = async (
  session: Session,
  options: Parameters<typeof takeLock>[1],
): Promise<void> => {
  const start = options.now().getTime();
  const waited = () => options.now().getTime() - start;
  for (;;) {
    const [holder] = await session.query<Holder>(OBSERVE_LOCK_HOLDER);
    const left = options.timeoutMs - waited();
    if (left <= 0) throw createLockTimeoutError(options.timeoutMs, holder);
    if (holder) {
      options.report({
        type: 'waiting',
        pid: holder.pid,
        application: holder.application,
        address: holder.address,
        connectedSeconds: holder.seconds,
        waitedSeconds: Math.round(waited() / 1000),
      });
    }
    if (await waitOnce(session, Math.min(left, WAIT_MS), options.signal))
      return;
  }
};

const waitOnce = async (
  session: Session,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  await session.query(`SET lock_timeout = ${Math.max(1, Math.ceil(ms))}`);
  try {
    await rejectOnStop(session.query(WAIT_FOR_LOCK), signal);
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
};

/** Whoever stops us is not kept waiting: the server forgets the query when its session ends. */
const rejectOnStop = <T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> =>
  new Promise((done, fail) => {
    const stop = () =>
      fail(
        new ServiceUnavailableError(
          'Stopped while waiting for another run to end; nothing was changed.',
        ),
      );
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    work
      .then(done, fail)
      .finally(() => signal?.removeEventListener('abort', stop));
  });

const createLockTimeoutError = (
  timeoutMs: number,
  holder: Holder | undefined,
) =>
  new ServiceUnavailableError(
    `Another run still holds the lock after ${Math.round(timeoutMs / 1000)} s${
      holder
        ? `: ${holder.application || 'a session without a name'} (process ${
            holder.pid
          })`
        : ''
    }. Wait for it, give a longer --lock-timeout, or where it hangs end its session: SELECT pg_terminate_backend(${
      holder?.pid ?? '<process>'
    });`,
  );
