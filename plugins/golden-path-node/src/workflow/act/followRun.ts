import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { findRetry } from '../../errors/findRetry';

/**
 * The fields of a workflow run required to follow it.
 *
 * @public
 */
export interface FollowedRun {
  isCompleted: boolean;
  conclusion: string | undefined;
}

/** @public */
export interface FollowPorts<Run extends FollowedRun> {
  /** Undefined when the run doesn't exist. */
  get(): Promise<Run | undefined>;
  /** Waits, in ms; rejects when the task is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds since some fixed point. */
  now(): number;
  /** Called when GitHub is unreachable; the next poll tries again. */
  warn(message: string): void;
}

/** A new run may be listed with a delay, in ms. */
const SHOWS_WITHIN_MS = 60_000;

/**
 * Polls a workflow run until it is completed. Continues after GitHub outages.
 * @param what - the run's name in messages
 * @throws NotFoundError when the run doesn't exist, ServiceUnavailableError on timeout
 *
 * @public
 */
export const followRun = async <Run extends FollowedRun>(
  what: string,
  options: { timeoutMs: number; pollMs: number },
  ports: FollowPorts<Run>,
): Promise<Run> => {
  const start = ports.now();
  let hasShown = false;
  for (;;) {
    const run = await ports.get().catch(error => {
      if (!findRetry(error)) throw error;
      ports.warn(`${error.message}; trying again.`);
      return 'unknown' as const;
    });
    const elapsed = ports.now() - start;
    if (run === undefined && (hasShown || elapsed >= SHOWS_WITHIN_MS)) {
      throw new NotFoundError(
        `${what} does not exist on GitHub; it may be deleted. Fill in the form again to request the database.`,
      );
    }
    if (run !== undefined && run !== 'unknown') {
      hasShown = true;
      if (run.isCompleted) return run;
    }
    if (elapsed >= options.timeoutMs) {
      throw new ServiceUnavailableError(
        `${what} was not completed within ${Math.round(
          options.timeoutMs / 1000,
        )} s. It is still running; press Retry to follow it, or raise goldenPath.await.timeout.`,
      );
    }
    await ports.sleep(options.pollMs);
  }
};
