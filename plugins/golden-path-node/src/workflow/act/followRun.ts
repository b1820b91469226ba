import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';

/**
 * As much of a workflow run as following it takes.
 *
 * @public
 */
export interface FollowedRun {
  isCompleted: boolean;
  conclusion: string | undefined;
}

/** @public */
export interface FollowPorts<Run extends FollowedRun> {
  /** Undefined where there is no such run. */
  get(): Promise<Run | undefined>;
  /** Waits that many milliseconds; rejects when nobody waits for the outcome any more. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds since some fixed point. */
  now(): number;
  /** Told when GitHub could not be asked; the next poll asks again. */
  warn(message: string): void;
}

/** A run that was dispatched a moment ago may not show at once. */
const SHOWS_WITHIN_MS = 60_000;

/**
 * Polls a workflow run until it is completed; faults of GitHub on the way are waited out.
 * @param what - the run as messages name it
 * @throws NotFoundError where there is no such run, ServiceUnavailableError when the time is over
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
      if (error.name !== 'ServiceUnavailableError') throw error;
      ports.warn(`${error.message}; asking again.`);
      return 'unknown' as const;
    });
    const elapsed = ports.now() - start;
    if (run === undefined && (hasShown || elapsed >= SHOWS_WITHIN_MS)) {
      throw new NotFoundError(
        `${what} does not show on GitHub; somebody may have deleted it. Fill the form again to ask for the database anew.`,
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
        )} s. It goes on; press Retry to follow it further, or raise goldenPath.await.timeout.`,
      );
    }
    await ports.sleep(options.pollMs);
  }
};
