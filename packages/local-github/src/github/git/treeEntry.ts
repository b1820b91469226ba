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
