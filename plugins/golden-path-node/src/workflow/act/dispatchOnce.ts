import { ServiceUnavailableError } from '@backstage/errors';

/**
 * A workflow run as whoever sent it needs to know it.
 *
 * @public
 */
export interface DispatchedRun {
  id: number;
  /** Its page. */
  url: string;
}

/** @public */
export interface DispatchPorts {
  /** Sends the dispatch, never twice; undefined where GitHub doesn't say which run came of it. */
  dispatch(): Promise<DispatchedRun | undefined>;
  /** The runs that this very dispatch has led to so far, newest first. */
  find(): Promise<DispatchedRun[]>;
  /** Waits that many milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** A dispatched run shows in GitHub's list after some seconds. */
const LOOKUPS = 12;
const LOOKUP_INTERVAL_MS = 2_500;

/**
 * Sees to it that there is one run: takes the one that is there, else dispatches it. After an answer that leaves open
 * whether GitHub has dispatched, it looks and never sends again.
 *
 * @throws ServiceUnavailableError where no run showed itself; calling again looks again first
 *
 * @public
 */
export const dispatchOnce = async (
  ports: DispatchPorts,
): Promise<DispatchedRun> => {
  const [present] = await ports.find();
  if (present) return present;

  let unclear: Error | undefined;
  try {
    const run = await ports.dispatch();
    if (run) return run;
  } catch (error) {
    if ((error as Error).name !== 'ServiceUnavailableError') throw error;
    unclear = error as Error;
  }
  for (let lookup = 1; lookup <= LOOKUPS; lookup++) {
    await ports.sleep(LOOKUP_INTERVAL_MS);
    const [run] = await ports.find();
    if (run) return run;
  }
  throw new ServiceUnavailableError(
    'No run of the dispatched workflow shows. Nothing is sent twice: press Retry in a minute, and it looks for the run before it sends again',
    unclear,
  );
};
