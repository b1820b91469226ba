import { RateLimit, readRateLimit, Rejection } from '../../errors/rateLimit';

/** The rate limit that holds for one token now. */
export interface Limited extends RateLimit {
  /** Milliseconds since 1970. */
  until: number;
  /** Rejections in a row. */
  rejections: number;
}

/**
 * By API, token, and whether the calls read or write. GitHub counts by token, so all clients of a process share this: one
 * that is created for every task knows the limit that another one met, and doesn't ask while it lasts.
 */
const limited = new Map<string, Limited>();

/** The limits of one token's reads or writes. */
export const createLimitMemory = (key: string) => ({
  /** What is left of the limit; undefined when calls are allowed. */
  current: (now: number): RateLimit | undefined => {
    const known = limited.get(key);
    return known && known.until > now
      ? { kind: known.kind, waitMs: known.until - now }
      : undefined;
  },
  /** Remembers the limit that rejected a call. @returns undefined when no limit did */
  reject: (rejection: Rejection, now: number): RateLimit | undefined => {
    const earlier = limited.get(key)?.rejections ?? 0;
    const limit = readRateLimit(rejection, earlier, now);
    if (limit)
      limited.set(key, {
        ...limit,
        until: now + limit.waitMs,
        rejections: earlier + 1,
      });
    return limit;
  },
  /** GitHub executed a call: the next limit starts with its shortest wait. */
  clear: () => limited.delete(key),
});
