/**
 * Finds the branch whose name leaves no place for another one. git keeps branches as paths, so `database` is either a branch
 * or the folder of `database/dev/orders_db` (git-check-ref-format(1)); a remote on a file system that ignores case also takes
 * `Database` for `database`. Tags have a folder of their own.
 */
export const findRefConflict = (
  branch: string,
  others: Iterable<string>,
): string | undefined => {
  const found = [...others].filter(other => other !== branch);
  const overlaps = (one: string, other: string) =>
    one === other || `${one}/`.startsWith(`${other}/`);
  const inTheWay = (fold: (name: string) => string) =>
    found.find(
      other =>
        overlaps(fold(branch), fold(other)) ||
        overlaps(fold(other), fold(branch)),
    );
  return inTheWay(name => name) ?? inTheWay(name => name.toLowerCase());
};
