/** What happens to a call instead of, or after, the fake's own answer. */
export interface Fault {
  method: string;
  path: RegExp;
  /** Answer with this instead. */
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Execute the call, then break the connection: the answer is lost. */
  loseAnswer?: boolean;
  /** Break the connection without executing the call. */
  reset?: boolean;
  /** Answer only after this many milliseconds. */
  delayMs?: number;
  /** How many calls it meets; one by default. */
  times?: number;
}
/** Takes the next fault that meets the call, one time less than before. */
export const takeFault = (
  faults: Fault[],
  method: string,
  path: string,
): Fault | undefined => {
  const fault = faults.find(
    one => one.method === method && one.path.test(path),
  );
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
};
