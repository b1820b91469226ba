/** What a folder of a commit holds. */
export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  /** Bytes; undefined for folders. */
  size: number | undefined;
  /** Relative to what was listed. */
  path: string;
}

/** Reads a line of `git ls-tree --long`. */
export const parseTreeEntry = (line: string): TreeEntry => {
  const [head, path] = [
    line.slice(0, line.indexOf('\t')),
    line.slice(line.indexOf('\t') + 1),
  ];
  const [mode, type, sha, size] = head.split(/ +/);
  return {
    mode,
    type: type as TreeEntry['type'],
    sha,
    size: size === '-' ? undefined : Number(size),
    path,
  };
};

const HASH_BYTES = 20;

/** Reads a tree object: entries of `<mode> <name>NUL<hash>`. It has no sizes. */
export const parseTreeObject = (content: Buffer): TreeEntry[] => {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0, at);
    const head = content.toString('utf8', at, end);
    const mode = head.slice(0, head.indexOf(' ')).padStart(6, '0');
    at = end + 1 + HASH_BYTES;
    entries.push({
      mode,
      type: typeOf(mode),
      sha: content.toString('hex', end + 1, at),
      size: undefined,
      path: head.slice(head.indexOf(' ') + 1),
    });
  }
  return entries;
};

const typeOf = (mode: string): TreeEntry['type'] => {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
};
