import fs from 'node:fs';
import { rm } from 'node:fs/promises';
import git from 'isomorphic-git';
import { CommitFile } from '../render/files';

export interface RootCommitInput {
  files: readonly CommitFile[];
  /** One line. */
  message: string;
  author: { name: string; email: string };
  date: Date;
}

/** A commit without parents. */
export interface RootCommit {
  id: string;
  treeId: string;
  message: string;
  author: { name: string; email: string };
  /** A bare repository that contains only this commit, as `refs/heads/main`. */
  gitdir: string;
}

/**
 * Creates a commit without parents in a temporary repository, which is removed after `use`. Equal inputs give the same
 * commit id.
 */
export const withRootCommit = async <T>(
  createFolder: () => Promise<string>,
  { files, message, author, date }: RootCommitInput,
  use: (commit: RootCommit) => Promise<T>,
): Promise<T> => {
  const gitdir = await createFolder();
  try {
    await git.init({ fs, gitdir, bare: true });
    const treeId = await writeTree(gitdir, files);
    const signature = {
      ...author,
      timestamp: Math.floor(date.getTime() / 1000),
      timezoneOffset: 0,
    };
    const id = await git.writeCommit({
      fs,
      gitdir,
      commit: {
        message: `${message}\n`,
        tree: treeId,
        parent: [],
        author: signature,
        committer: signature,
      },
    });
    await git.writeRef({ fs, gitdir, ref: 'refs/heads/main', value: id });
    return await use({ id, treeId, message, author, gitdir });
  } finally {
    await rm(gitdir, { recursive: true, force: true });
  }
};

/** Without an index: it would leave out what the files' own `.gitignore` names. */
const writeTree = async (
  gitdir: string,
  files: readonly CommitFile[],
): Promise<string> => {
  const entries: Array<{
    mode: string;
    path: string;
    oid: string;
    type: 'blob' | 'tree';
  }> = [];
  const folders = new Map<string, CommitFile[]>();
  for (const { path, mode, content } of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      const oid = await git.writeBlob({ fs, gitdir, blob: content });
      entries.push({ mode, path, oid, type: 'blob' });
      continue;
    }
    const below = { path: path.slice(slash + 1), mode, content };
    const folder = path.slice(0, slash);
    folders.set(folder, [...(folders.get(folder) ?? []), below]);
  }
  for (const [path, below] of folders) {
    const oid = await writeTree(gitdir, below);
    entries.push({ mode: '040000', path, oid, type: 'tree' });
  }
  return git.writeTree({ fs, gitdir, tree: entries });
};
