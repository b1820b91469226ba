import { ServiceUnavailableError } from '@backstage/errors';
import { findRetry } from '../../errors/findRetry';

/** @public */
export interface PollPorts {
  /** Waits, in ms; rejects when the task is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds since some fixed point. */
  now(): number;
  /** Called when GitHub gave no answer; the next poll tries again. */
  warn(message: string): void;
}

/** The longer something takes, the less often it is looked at: a twentieth of the time so far, but once a minute. */
const SHARE_OF_ELAPSED = 20;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Reads until there is a value. Continues after GitHub outages and waits for its rate limits.
 * @param options - `late` is the message after the timeout
 * @throws ServiceUnavailableError on timeout
 *
 * @public
 */
export const poll = async <Value>(
  options: { timeoutMs: number; pollMs: number; late: string },
  ports: PollPorts & {
    /** Undefined while there is no value yet. @param elapsed - since the first read, in ms */
    read(elapsed: number): Promise<Value | undefined>;
  },
): Promise<Value> => {
  const start = ports.now();
  for (;;) {
    let askedMs = 0;
    const value = await ports.read(ports.now() - start).catch(error => {
      const retry = findRetry(error);
      if (!retry) throw error;
      askedMs = retry.afterMs ?? 0;
      ports.warn(`${error.message}; trying again.`);
      return undefined;
    });
    if (value !== undefined) return value;
    const elapsed = ports.now() - start;
    if (elapsed >= options.timeoutMs)
      throw new ServiceUnavailableError(options.late);
    const pause = Math.min(elapsed / SHARE_OF_ELAPSED, LONGEST_PAUSE_MS);
    await ports.sleep(Math.max(options.pollMs, pause, askedMs));
  }
};
