/**
 * A rate limit that rejected a call: `primary` counts requests an hour, `secondary` bursts.
 *
 * @public
 */
export interface RateLimit {
  kind: 'primary' | 'secondary';
  /** Milliseconds to wait before the next call. */
  waitMs: number;
}

/** An answer of GitHub's that is no success. */
export interface Rejection {
  status: number | undefined;
  headers: Record<string, string | number | undefined>;
  /** GitHub's own words. */
  message: string;
}

const MINUTE_MS = 60_000;
const LONGEST_GROWTH = 5;
/** Says "abuse detection" on older versions of GitHub Enterprise Server. */
const SECONDARY = /\bsecondary rate limit\b|\babuse detection\b/i;

/**
 * Reads which rate limit rejected a call; undefined when none did. Both limits answer 403 or 429, and 403 is also the
 * answer to a missing permission: headers and the message tell them apart.
 *
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 * @param earlier - how often in a row a secondary limit has rejected calls before
 * @param now - of this machine, in ms; used when the answer has no date
 */
export const readRateLimit = (
  { status, headers, message }: Rejection,
  earlier: number,
  now: number,
): RateLimit | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(headers['retry-after']);
  if (retryAfter > 0) return { kind: 'secondary', waitMs: retryAfter * 1000 };
  const reset = Number(headers['x-ratelimit-reset']);
  if (String(headers['x-ratelimit-remaining']) === '0' && reset > 0) {
    // GitHub's clock: ours may be wrong. Its times are whole seconds, so the limit may end within the next one.
    const date = Date.parse(String(headers.date));
    const waitMs = (reset + 1) * 1000 - (Number.isNaN(date) ? now : date);
    return { kind: 'primary', waitMs: Math.max(1000, waitMs) };
  }
  return status === 429 || SECONDARY.test(message)
    ? {
        kind: 'secondary',
        waitMs: MINUTE_MS * 2 ** Math.min(earlier, LONGEST_GROWTH),
      }
    : undefined;
};

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
