import { posix } from 'node:path';
import { SYMLINK_MODE } from '../../infraRepo/decide/parseRawDiff';
import {
  createLinkError,
  listPathPrefixes,
} from '../../infraRepo/decide/linkError';
import { decodeUtf8 } from '../../infraRepo/decide/text';
import type { GitOptions } from './runGit';

export type Git = (args: string[], options?: GitOptions) => Promise<Buffer>;
export type Line = (args: string[], options?: GitOptions) => Promise<string>;

/**
 * Opens the files of a commit. Symbolic links are refused, as in a folder. Its tree and each blob are read once: a process
 * of git takes longer than all else.
 */
export const createCommitFiles = (git: Git, sha: string) => {
  let tree: Promise<Map<string, TreeEntry>> | undefined;
  const readTree = () => {
    tree ??= listTree(git, sha);
    return tree;
  };
  const blobs = new Map<string, Promise<Buffer>>();
  const readBlob = ({ hash, path }: TreeEntry) => {
    const blob = blobs.get(hash) ?? git(['cat-file', 'blob', hash]);
    blobs.set(hash, blob);
    return blob.then(content => decodeUtf8(content, path));
  };

  /** @throws InputError for the topmost symbolic link of a path that the commit doesn't have */
  const refuseLinks = async (path: string): Promise<void> => {
    const entries = await readTree();
    for (const prefix of listPathPrefixes(path)) {
      const entry = entries.get(prefix);
      if (entry?.mode === SYMLINK_MODE)
        throw createLinkError(prefix, await readBlob(entry));
    }
  };
  const listFolder = async (path: string): Promise<TreeEntry[]> => {
    const folder = toTreePath(path);
    const entries = [...(await readTree()).values()].filter(
      entry => posix.dirname(entry.path) === folder,
    );
    if (entries.length === 0) await refuseLinks(path);
    return entries;
  };
  const listNames = async (path: string, type: string) =>
    (await listFolder(path))
      .filter(entry => entry.type === type)
      .map(entry => posix.basename(entry.path));

  return {
    /** @throws InputError when it or a folder above it is a symbolic link, or it is not UTF-8 */
    read: async (path: string): Promise<string | undefined> => {
      await refuseLinks(path);
      const entry = (await readTree()).get(toTreePath(path));
      return entry && readBlob(entry);
    },
    /** Lists the names of subfolders; none when the folder doesn't exist. */
    folders: (path: string): Promise<string[]> => listNames(path, 'tree'),
    /** Lists the names of files and links; none when the folder doesn't exist. */
    files: (path: string): Promise<string[]> => listNames(path, 'blob'),
  };
};

interface TreeEntry {
  mode: string;
  type: string;
  hash: string;
  path: string;
}

const toTreePath = (path: string) =>
  posix.normalize(path).replace(/(?<=.)\/$/, '');

/** Lists all files and folders of a commit: entries of `<mode> <type> <hash>TAB<path>`. */
const listTree = async (
  git: Git,
  sha: string,
): Promise<Map<string, TreeEntry>> => {
  const output = (await git(['ls-tree', '-r', '-t', '-z', sha])).toString();
  const entries = output.split('\0').slice(0, -1);
  return new Map(
    entries.map(entry => {
      const end = entry.indexOf('\t');
      const [mode, type, hash] = entry.slice(0, end).split(' ');
      const path = entry.slice(end + 1);
      return [path, { mode, type, hash, path }];
    }),
  );
};
