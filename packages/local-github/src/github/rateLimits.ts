export type RateLimitKind =
  | 'primary-limit'
  | 'secondary-limit'
  | 'too-many-requests';

const DOCUMENTATION =
  'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';
const PER_HOUR = 5000;

/**
 * How GitHub rejects a call that a rate limit doesn't allow.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export const toRateLimitAnswer = (
  kind: RateLimitKind,
  {
    retryAfter,
    resetsIn = 60,
  }: { retryAfter?: number; resetsIn?: number } = {},
) => {
  const isPrimary = kind === 'primary-limit';
  const now = Math.floor(Date.now() / 1000);
  const status = kind === 'too-many-requests' ? 429 : 403;
  const remaining = isPrimary ? 0 : 4000;
  return {
    status,
    headers: {
      'x-ratelimit-limit': String(PER_HOUR),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-used': String(PER_HOUR - remaining),
      'x-ratelimit-reset': String(now + resetsIn),
      'x-ratelimit-resource': 'core',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    },
    body: {
      message: isPrimary
        ? 'API rate limit exceeded for user ID 1.'
        : 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url: DOCUMENTATION,
      status: String(status),
    },
  };
};
