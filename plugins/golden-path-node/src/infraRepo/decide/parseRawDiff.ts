/**
 * One path that a change touches, as `git diff --raw --no-renames` lists it.
 *
 * @public
 */
export interface ChangedPath {
  path: string;
  /** Mode in the base, such as `100644`; undefined when the path is new. */
  before: string | undefined;
  /** Mode in the change; undefined when the path is removed. */
  after: string | undefined;
}

/** Modes of git-fast-import(1): a symbolic link, and a submodule. */
export const SYMLINK_MODE = '120000';
export const SUBMODULE_MODE = '160000';

/** Reads the output of `git diff --raw -z --no-renames`, which is `:<mode> <mode> <hash> <hash> <status>NUL<path>NUL`. */
export const parseRawDiff = (output: string): ChangedPath[] => {
  const parts = output.split('\0').slice(0, -1);
  const changes: ChangedPath[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const modes = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ [A-Z]$/.exec(
      parts[at],
    );
    if (!modes) throw new Error(`Not a line of git diff --raw: ${parts[at]}`);
    const [before, after] = modes
      .slice(1)
      .map(mode => (mode === '000000' ? undefined : mode));
    changes.push({ path: parts[at + 1], before, after });
  }
  return changes;
};
