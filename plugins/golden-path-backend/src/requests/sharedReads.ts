import { ServiceUnavailableError } from '@backstage/errors';
import pLimit from 'p-limit';

/**
 * Reads each key at most once in `maxAgeMs`, whatever the load: everybody who asks meanwhile gets the same answer, or the
 * same error. A read that lasts longer isn't repeated while it runs.
 *
 * The reads that it returns reject with ServiceUnavailableError when too many others wait already, or `admit` says no.
 */
export const createSharedReads = <Value>(options: {
  maxAgeMs: number;
  /** Reads at a time. */
  concurrency: number;
  /** Reads that may wait for their turn. */
  maxWaiting: number;
  /** Answers that are kept. */
  maxKept: number;
  /** Whether one more read may start now. Default: always. */
  admit?: () => boolean;
  /** Milliseconds since some fixed point. */
  now: () => number;
}) => {
  const limit = pLimit(options.concurrency);
  const kept = new Map<string, Kept<Value>>();
  const isFresh = ({ startedAt, isPending }: Kept<Value>) =>
    isPending || options.now() - startedAt < options.maxAgeMs;
  const forgetOld = () => {
    for (const [key, one] of kept)
      if (kept.size >= options.maxKept || !isFresh(one)) kept.delete(key);
  };
  return (key: string, read: () => Promise<Value>): Promise<Value> => {
    const known = kept.get(key);
    if (known && isFresh(known)) return known.value;
    // A read counts as waiting until the next tick, even if it is its turn.
    const unfinished = limit.activeCount + limit.pendingCount;
    if (
      unfinished >= options.concurrency + options.maxWaiting ||
      !(options.admit?.() ?? true)
    )
      return Promise.reject(
        new ServiceUnavailableError(
          'There are too many questions to GitHub; try again in a few seconds.',
        ),
      );
    if (kept.size >= options.maxKept) forgetOld();
    const one: Kept<Value> = {
      startedAt: options.now(),
      isPending: true,
      value: limit(read),
    };
    kept.set(key, one);
    const end = () => {
      one.isPending = false;
    };
    one.value.then(end, end);
    return one.value;
  };
};
export type SharedReads<Value> = ReturnType<typeof createSharedReads<Value>>;

interface Kept<Value> {
  startedAt: number;
  isPending: boolean;
  value: Promise<Value>;
}
