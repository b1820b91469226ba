/** One file of a difference, in GitHub's words. */
export interface FileChange {
  path: string;
  previousPath?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  additions: number;
  deletions: number;
  /** Of the file after it, or before where it was removed. */
  blob: string;
  /** Hunks without the head; undefined for binary files. */
  patch?: string;
}

const STATUS: Record<string, FileChange['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/**
 * Joins the three forms of one difference as `git diff-tree` writes them.
 * @param raw - `--raw -z`
 * @param numbers - `--numstat -z`
 * @param patch - `-p`; its files stand in the same order
 */
export const parseRawDiff = (
  raw: string,
  numbers: string,
  patch: string,
): FileChange[] => {
  const counts = parseNumbers(numbers);
  const patches = patch.split(/^diff --git /m).slice(1);
  return parseRaw(raw).map((change, index) => {
    const hunks = patches[index]?.indexOf('\n@@ ') ?? -1;
    return {
      ...change,
      ...counts[index],
      ...(hunks >= 0 && {
        patch: patches[index].slice(hunks + 1).replace(/\n$/, ''),
      }),
    };
  });
};

/** @param raw - as `git diff-tree --raw -z` writes it */
export const parseRaw = (raw: string) => {
  const parts = raw.split('\0');
  const changes: Array<
    Pick<FileChange, 'path' | 'previousPath' | 'status' | 'blob'>
  > = [];
  for (let at = 0; at < parts.length && parts[at] !== ''; ) {
    // Two commits compared give only changes; one alone would be named first.
    const [, , before, after, letter] = parts[at].split(' ');
    const status = STATUS[letter[0]] ?? 'changed';
    const isMoved = letter[0] === 'R' || letter[0] === 'C';
    changes.push({
      status,
      path: parts[at + (isMoved ? 2 : 1)],
      ...(isMoved && { previousPath: parts[at + 1] }),
      blob: status === 'removed' ? before : after,
    });
    at += isMoved ? 3 : 2;
  }
  return changes;
};

const parseNumbers = (numbers: string) => {
  const parts = numbers.split('\0');
  const counts: Array<{ additions: number; deletions: number }> = [];
  for (let at = 0; at < parts.length && parts[at] !== ''; ) {
    const [additions, deletions, path] = parts[at].split('\t');
    counts.push({
      additions: Number(additions) || 0,
      deletions: Number(deletions) || 0,
    });
    // A renamed file has its two names in fields of their own.
    at += path === '' ? 3 : 1;
  }
  return counts;
};
