import { ServiceUnavailableError } from '@backstage/errors';
import { findRetry } from '../../errors/findRetry';

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
  /** Waits, in ms; rejects when the task is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Called with one line when the answer is lost. */
  tell(message: string): void;
}

/** @public */
export interface DispatchOptions {
  /** Longest search for one run, in ms. */
  timeoutMs: number;
  /** When an earlier attempt may have sent the dispatch, in ms since 1970; undefined when there was none. */
  sentAt: number | undefined;
}

/**
 * GitHub lists a dispatched run after some seconds. Twenty times that without the run in a list that GitHub answered: the
 * dispatch never arrived.
 */
const LISTED_WITHIN_MS = 120_000;
const FIRST_INTERVAL_MS = 2_500;
const LONGEST_INTERVAL_MS = 10_000;
const SENDS = 3;

/**
 * Ensures that there is one run: returns the existing one, or dispatches it. When GitHub's answer is lost, it looks for the
 * run, and dispatches again only when the run is not listed within two minutes. docs/adr/0012 says why that is safe.
 *
 * @throws ServiceUnavailableError when no run is listed; the next call looks for it first
 *
 * @public
 */
export const dispatchOnce = async (
  { timeoutMs, sentAt }: DispatchOptions,
  ports: DispatchPorts,
): Promise<DispatchedRun> => {
  let present = await lookUp(ports, {
    until: (sentAt ?? -Infinity) + LISTED_WITHIN_MS,
    timeoutMs,
  });
  let lost: Error | undefined;
  for (let sends = 1; !present && sends <= SENDS; sends += 1) {
    const sent = ports.now();
    // An accepted dispatch is never sent again.
    let until = Infinity;
    try {
      const run = await ports.dispatch();
      if (run) return run;
    } catch (error) {
      if ((error as Error).name !== 'ServiceUnavailableError') throw error;
      until = sent + LISTED_WITHIN_MS;
      lost = error as Error;
      ports.tell(
        `${
          lost.message
        }: it is unknown whether the workflow was dispatched. Looking for its run for ${
          LISTED_WITHIN_MS / 60_000
        } minutes before dispatching again.`,
      );
    }
    present = await lookUp(ports, { until, timeoutMs });
  }
  if (present) return present;
  throw new ServiceUnavailableError(
    `GitHub dispatched no workflow run in ${SENDS} attempts. Press Retry when https://www.githubstatus.com reports no incident: it looks for the run first`,
    lost,
  );
};

/**
 * Looks for the run until GitHub lists it.
 * @returns undefined when a list that GitHub answered after `until` doesn't have it
 * @throws ServiceUnavailableError on timeout
 */
const lookUp = async (
  ports: DispatchPorts,
  { until, timeoutMs }: { until: number; timeoutMs: number },
): Promise<DispatchedRun | undefined> => {
  const start = ports.now();
  let interval = FIRST_INTERVAL_MS;
  for (;;) {
    const asked = ports.now();
    let failure: Error | undefined;
    let pause: number | undefined;
    const found = await ports.find().catch(error => {
      const retry = findRetry(error);
      if (!retry) throw error;
      failure = error;
      pause = retry.afterMs;
      return undefined;
    });
    if (found?.[0]) return found[0];
    if (found && asked >= until) return undefined;
    if (asked - start >= timeoutMs)
      throw new ServiceUnavailableError(
        `GitHub lists no run of the dispatched workflow within ${Math.round(
          timeoutMs / 1000,
        )} s. Press Retry: it looks for the run first`,
        failure,
      );
    await ports.sleep(pause ?? interval);
    interval = Math.min(interval * 1.5, LONGEST_INTERVAL_MS);
  }
};
