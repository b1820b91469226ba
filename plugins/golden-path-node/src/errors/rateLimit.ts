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

const LONGEST_WORDS = 300;

/** Reads GitHub's answer from an octokit error; undefined when GitHub did not answer. */
export const readRejection = (error: unknown): Rejection | undefined => {
  const { status, response, message } = error as {
    status?: number;
    message?: string;
    response?: { headers?: Rejection['headers']; data?: unknown };
  };
  if (!response) return undefined;
  // A gateway answers with a page.
  const isOfApi = typeof response.data === 'object' && response.data !== null;
  return {
    status,
    headers: response.headers ?? {},
    // octokit appends the page of the documentation.
    message: isOfApi
      ? (message ?? '').replace(/ - https?:\S+$/, '').slice(0, LONGEST_WORDS)
      : '',
  };
};

/**
 * Whether a rate limit of GitHub rejected the call, of any octokit: also of those that Backstage's own actions use.
 *
 * @public
 */
export const isRateLimited = (error: unknown): boolean => {
  const rejection = readRejection(error);
  return (
    rejection !== undefined &&
    readRateLimit(rejection, 0, Date.now()) !== undefined
  );
};
