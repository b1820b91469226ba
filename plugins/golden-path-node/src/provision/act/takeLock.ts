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

/** Wait in the server's queue, in ms, between two reports of the holder. */
const WAIT_MS = 10_000;

interface Holder {
  pid: number;
  application: string;
  address: string;
  seconds: number;
}

/**
 * Takes the advisory lock: one run per instance. The session holds it until it ends. The session must be in database
 * `postgres` and used for nothing else.
 * @returns whether it waited for another run
 * @throws ServiceUnavailableError naming the holder, when the lock isn't free within `timeoutMs`
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

/**
 * Takes the shared work lock on a session that applies changes: the next run waits for it even after this run is
 * killed.
 */
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

/** Rejects at once on a stop. The server cancels the query when the session ends. */
const rejectOnStop = <T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> =>
  new Promise((done, fail) => {
    const stop = () =>
      fail(
        new ServiceUnavailableError(
          'Stopped while waiting for another run. Nothing was changed.',
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
        ? `: ${holder.application || 'unnamed session'} (process ${holder.pid})`
        : ''
    }. Wait for it, longer with --lock-timeout, or, if it hangs, end its session: SELECT pg_terminate_backend(${
      holder?.pid ?? '<process>'
    });`,
  );
