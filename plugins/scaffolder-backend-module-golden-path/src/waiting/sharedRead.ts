/**
 * Reads at most once in `maxAgeMs`, for everybody who asks meanwhile. Nothing is kept of a read that failed.
 * @param now - milliseconds since some fixed point
 */
export const createSharedRead = <Value>(
  maxAgeMs: number,
  now: () => number,
): SharedRead<Value> => {
  let last: { at: number; value: Promise<Value> } | undefined;
  return read => {
    if (last && now() - last.at < maxAgeMs) return last.value;
    const current = { at: now(), value: read() };
    last = current;
    current.value.catch(() => {
      if (last === current) last = undefined;
    });
    return current.value;
  };
};
export type SharedRead<Value> = (read: () => Promise<Value>) => Promise<Value>;
