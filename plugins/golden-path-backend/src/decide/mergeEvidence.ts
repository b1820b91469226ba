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
  'undeclared',
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
  const undeclared = mergeUndeclared(
    merged.lastDeclared?.readAt ?? 0,
    one,
    other,
  );
  if (undeclared) merged.undeclared = undeclared;
  return merged;
};

/** @param declaredAt - when the entry was last seen, in ms since 1970 */
const mergeUndeclared = (
  declaredAt: number,
  ...sides: Evidence[]
): Evidence['undeclared'] => {
  const without = sides.flatMap(({ declared, undeclared }) => [
    ...(undeclared?.value
      ? [{ readAt: undeclared.readAt, since: Date.parse(undeclared.value) }]
      : []),
    ...(declared?.value === null
      ? [{ readAt: declared.readAt, since: declared.readAt }]
      : []),
  ]);
  if (without.length === 0) return undefined;
  const readAt = Math.max(...without.map(one => one.readAt));
  const since = without.map(one => one.since).filter(time => time > declaredAt);
  return {
    readAt,
    value: new Date(
      since.length > 0 ? Math.min(...since) : readAt,
    ).toISOString(),
  };
};

/** Whether both say the same, whenever it was read. */
export const isSameEvidence = (one: Evidence, other: Evidence): boolean =>
  PARTS.every(part => print(one[part]?.value) === print(other[part]?.value));

const print = (value: unknown): string => JSON.stringify(value) ?? '';
