const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Longer than any run, and shorter than the longest timer of Node (2^31 - 1 ms, 24 days), beyond which it fires at once. */
const MAX_HOURS = 24;

/** Completes "--option: ". */
export const describeTimeRule = (example: string): string =>
  `use a number with ms, s, m or h, up to ${MAX_HOURS}h, such as ${example}`;

/** Parses a time such as `15m` to milliseconds; undefined if it is invalid. */
export const parseTime = (text: string): number | undefined => {
  const match = /^([0-9]+)(ms|s|m|h)$/.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * UNITS[match[2]];
  return ms <= MAX_HOURS * UNITS.h ? ms : undefined;
};
