/** Returns the text inserted into `before`, if that and at most one comma are the only changes; else undefined. */
export const insertedInto = (
  before: string,
  after: string,
): string | undefined => {
  for (const comma of ['', ',']) {
    // The comma is at the first difference, after the entry that was last.
    let start = 0;
    while (start < before.length && before[start] === after[start]) start += 1;
    const base = `${before.slice(0, start)}${comma}${before.slice(start)}`;
    while (start < base.length && base[start] === after[start]) start += 1;
    const rest = base.length - start;
    if (after.length >= base.length && after.endsWith(base.slice(start)))
      return after.slice(start, after.length - rest);
  }
  return undefined;
};
