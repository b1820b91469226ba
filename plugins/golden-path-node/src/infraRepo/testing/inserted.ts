/** A case in which a file gets these lines and nothing else changes. */
export const inserted = (
  entry: string[],
  file: (there: string[]) => string,
) => ({
  before: file([]),
  after: file(entry),
});
