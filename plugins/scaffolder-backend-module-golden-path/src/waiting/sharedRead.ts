/**
 * Reads at most once in `maxAgeMs`, for everybody who asks meanwhile. Nothing is kept of a read that failed.
 * @param now - milliseconds since some fixed point
 */
export const createSharedRead = <Value>(
  maxAgeMs: number,
  now: () => number,
): SharedRead<Value> => {
  let last: { at: number; value: Promise<Value> } | undefined;
  return (read, since = -Infinity) => {
    if (last && last.at > since && now() - last.at < maxAgeMs)
      return last.value;
    const current = { at: now(), value: read() };
    last = current;
    current.value.catch(() => {
      if (last === current) last = undefined;
    });
    return current.value;
  };
};
/** @param since - a read that began at this time or before is of no use to who asks */
export type SharedRead<Value> = (
  read: () => Promise<Value>,
  since?: number,
) => Promise<Value>;
