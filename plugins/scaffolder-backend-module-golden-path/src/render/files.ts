import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { resolveSafeChildPath } from '@backstage/backend-plugin-api';

/** A file of a commit. */
export interface CommitFile {
  /** Relative, with `/`. */
  path: string;
  /** A file, an executable file, or a symbolic link, whose content is its target. */
  mode: '100644' | '100755' | '120000';
  content: Uint8Array;
}

/** Reads every file below the folder, without `.git`. Links are read, not followed. */
export const readFiles = async (folder: string): Promise<CommitFile[]> => {
  const paths = await filePaths(folder);
  return Promise.all(paths.map(path => readFileOrLink(folder, path)));
};

/** Writes files into a folder, over what is there under the same paths. */
export const writeFiles = async (
  folder: string,
  files: readonly CommitFile[],
): Promise<void> => {
  for (const { path, mode, content } of files) {
    const parent = resolveSafeChildPath(folder, dirname(path));
    await mkdir(parent, { recursive: true });
    const target = join(folder, path);
    await rm(target, { recursive: true, force: true });
    if (mode === '120000') {
      await symlink(Buffer.from(content), target);
      continue;
    }
    await writeFile(target, content);
    if (mode === '100755') await chmod(target, 0o755);
  }
};

const filePaths = async (folder: string, below = ''): Promise<string[]> => {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const paths = await Promise.all(
    entries
      .filter(entry => entry.name !== '.git')
      .map(entry => {
        const path = below ? `${below}/${entry.name}` : entry.name;
        return entry.isDirectory() ? filePaths(folder, path) : [path];
      }),
  );
  return paths.flat().sort();
};

const OWNER_MAY_EXECUTE = 0o100;

const readFileOrLink = async (
  folder: string,
  path: string,
): Promise<CommitFile> => {
  const full = join(folder, path);
  const stats = await lstat(full);
  if (stats.isSymbolicLink()) {
    const content = await readlink(full, { encoding: 'buffer' });
    return { path, mode: '120000', content };
  }
  return {
    path,
    mode: stats.mode & OWNER_MAY_EXECUTE ? '100755' : '100644',
    content: await readFile(full),
  };
};
