/**
 * One result of a check of the installation: what stands open, what couldn't be checked, or what an administrator should know.
 *
 * @public
 */
export interface SetupPoint {
  status: 'open' | 'not checked' | 'note';
  /** Where, what, why it matters, and the next step; one line. */
  text: string;
}

/**
 * A value that was read, or why it couldn't be read.
 *
 * @public
 */
export type Reading<T> = { value: T } | { reason: string };

/** @param what - where and what is set, such as `variable AWS_REGION: missing` */
export const createOpenPoint = (
  what: string,
  { why, next }: { why: string; next: string },
): SetupPoint => ({ status: 'open', text: `${what}. ${why} ${next}` });

export const createNote = (text: string): SetupPoint => ({
  status: 'note',
  text,
});

/** The points of a value, or that it wasn't checked. */
export const checkReading = <T>(
  what: string,
  reading: Reading<T>,
  check: (value: T) => SetupPoint[],
): SetupPoint[] =>
  'value' in reading
    ? check(reading.value)
    : [{ status: 'not checked', text: `${what}: ${reading.reason}` }];
