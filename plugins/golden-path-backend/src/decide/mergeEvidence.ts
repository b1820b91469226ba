import type { Evidence, EvidencePart } from './evidence';

/** In the order in which they are kept. */
const PARTS: readonly EvidencePart[] = [
  'claim',
  'pullRequest',
  'requestRun',
  'applyRun',
  'declared',
  'proposed',
  'lastDeclared',
  'removal',
  'removalRun',
  'audit',
  'drift',
  'accessReview',
];

/** Merges what was read: of each part the newest reading counts, whatever arrives first. */
export const mergeEvidence = (one: Evidence, other: Evidence): Evidence => {
  const merged = Object.fromEntries(
    PARTS.flatMap(part => {
      const newest = [one[part], other[part]]
        .filter(reading => reading !== undefined)
        .sort(
          (a, b) =>
            b.readAt - a.readAt ||
            // Two readings of one millisecond: any order that doesn't depend on which came first.
            print(a.value).localeCompare(print(b.value)),
        )[0];
      return newest ? [[part, newest]] : [];
    }),
  ) as Evidence;
  const { declared, lastDeclared } = merged;
  if (
    declared?.value &&
    !(lastDeclared && lastDeclared.readAt > declared.readAt)
  )
    merged.lastDeclared = declared;
  return merged;
};

/** Whether both say the same, whenever it was read. */
export const isSameEvidence = (one: Evidence, other: Evidence): boolean =>
  PARTS.every(part => print(one[part]?.value) === print(other[part]?.value));

const print = (value: unknown): string => JSON.stringify(value) ?? '';
