import { ServiceUnavailableError } from '@backstage/errors';

/**
 * A dispatched workflow run.
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
  /** Sends the dispatch once; undefined when GitHub doesn't name the run. */
  dispatch(): Promise<DispatchedRun | undefined>;
  /** Finds the runs of this dispatch, newest first. */
  find(): Promise<DispatchedRun[]>;
  /** Waits, in ms. */
  sleep(ms: number): Promise<void>;
}

/** GitHub lists a dispatched run after some seconds. */
const LOOKUPS = 12;
const LOOKUP_INTERVAL_MS = 2_500;

/**
 * Ensures that there is one run: returns the existing one, or dispatches it. When GitHub's answer is lost, it looks for
 * the run and never dispatches again.
 *
 * @throws ServiceUnavailableError when no run is listed; the next call looks for it first
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
    'GitHub lists no run of the dispatched workflow. Press Retry in a minute: it looks for the run first, and never dispatches twice',
    unclear,
  );
};
