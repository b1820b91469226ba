import { SYMLINK_MODE } from '../../infraRepo/decide/parseRawDiff';
import {
  createLinkError,
  listPathPrefixes,
} from '../../infraRepo/decide/linkError';
import { decodeUtf8 } from '../../infraRepo/decide/text';
import type { GitOptions } from './runGit';

export type Git = (args: string[], options?: GitOptions) => Promise<Buffer>;
export type Line = (args: string[], options?: GitOptions) => Promise<string>;

interface Runners {
  git: Git;
  line: Line;
}

/** Opens the files of a commit. Symbolic links are refused, as in a folder. */
export const createCommitFiles = (runners: Runners, sha: string) => ({
  /** @throws InputError when it or a folder above it is a symbolic link, or it is not UTF-8 */
  read: async (path: string): Promise<string | undefined> => {
    const [entry] = await listTree(runners, sha, [path]);
    if (!entry) {
      await refuseLinks(runners, sha, path);
      return undefined;
    }
    const blob = await runners.git(['cat-file', 'blob', `${sha}:${path}`]);
    const text = decodeUtf8(blob, path);
    if (entry.mode === SYMLINK_MODE) throw createLinkError(path, text);
    return text;
  },
  /** Lists the names of subfolders; none when the folder doesn't exist. */
  folders: async (path: string): Promise<string[]> =>
    (await listFolder(runners, sha, path))
      .filter(({ type }) => type === 'tree')
      .map(({ name }) => name),
  /** Lists the names of files and links; none when the folder doesn't exist. */
  files: async (path: string): Promise<string[]> =>
    (await listFolder(runners, sha, path))
      .filter(({ type }) => type === 'blob')
      .map(({ name }) => name),
});

interface TreeEntry {
  mode: string;
  type: string;
  path: string;
  name: string;
}

/** Lists paths of a commit: lines of `<mode> <type> <hash>TAB<path>`. A path that ends with `/` lists its folder. */
const listTree = async (
  { line }: Runners,
  sha: string,
  paths: string[],
): Promise<TreeEntry[]> =>
  (await line(['ls-tree', '-z', sha, '--', ...paths]))
    .split('\0')
    .filter(entry => entry !== '')
    .map(entry => {
      const [facts, path] = entry.split('\t', 2);
      const [mode, type] = facts.split(' ');
      return { mode, type, path, name: path.slice(path.lastIndexOf('/') + 1) };
    });

const listFolder = async (
  runners: Runners,
  sha: string,
  path: string,
): Promise<TreeEntry[]> => {
  const entries = await listTree(runners, sha, [`${path}/`]);
  if (entries.length === 0) await refuseLinks(runners, sha, path);
  return entries;
};

/** @throws InputError for the topmost symbolic link of a path that the commit doesn't have */
const refuseLinks = async (
  runners: Runners,
  sha: string,
  path: string,
): Promise<void> => {
  const prefixes = listPathPrefixes(path);
  const entries = await listTree(runners, sha, prefixes);
  const links = entries.filter(
    entry => entry.mode === SYMLINK_MODE && prefixes.includes(entry.path),
  );
  for (const { path: link } of links)
    throw createLinkError(
      link,
      await runners.line(['cat-file', 'blob', `${sha}:${link}`]),
    );
};
