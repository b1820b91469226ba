import { NotFoundError } from '@backstage/errors';
import { poll, PollPorts } from './poll';

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
export interface FollowPorts<Run extends FollowedRun> extends PollPorts {
  /** Undefined when the run doesn't exist. */
  get(): Promise<Run | undefined>;
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
export const followRun = <Run extends FollowedRun>(
  what: string,
  options: { timeoutMs: number; pollMs: number },
  { get, ...ports }: FollowPorts<Run>,
): Promise<Run> => {
  let hasShown = false;
  const late = `${what} was not completed within ${Math.round(
    options.timeoutMs / 1000,
  )} s. It is still running; press Retry to follow it, or raise goldenPath.await.timeout.`;
  return poll(
    { ...options, late },
    {
      ...ports,
      read: async elapsed => {
        const run = await get();
        if (run) {
          hasShown = true;
          return run.isCompleted ? run : undefined;
        }
        if (hasShown || elapsed >= SHOWS_WITHIN_MS)
          throw new NotFoundError(
            `${what} does not exist on GitHub; it may be deleted. Fill in the form again to request the database.`,
          );
        return undefined;
      },
    },
  );
};
