/**
 * Limits how often something happens: `burst` times at once, then once in `everyMs`.
 * @param now - milliseconds since some fixed point
 * @returns takes one, if there is one left
 */
export const createTokenBucket = (options: {
  burst: number;
  everyMs: number;
  now: () => number;
}): (() => boolean) => {
  const { burst, everyMs, now } = options;
  let tokens = burst;
  let filledAt = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + Math.max(0, time - filledAt) / everyMs);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
