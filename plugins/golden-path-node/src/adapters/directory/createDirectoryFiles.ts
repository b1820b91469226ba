import type { Dirent } from 'node:fs';
import {
  lstat,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import {
  createLinkError,
  listPathPrefixes,
} from '../../infraRepo/decide/linkError';
import { decodeUtf8, TextFile } from '../../infraRepo/decide/text';

/**
 * Opens the files under a folder. Paths are relative to it, with `/`. Symbolic links below it are refused, as in a commit;
 * the folder itself may be one.
 *
 * @public
 */
export const createDirectoryFiles = (root: string) => ({
  /**
   * Reads a file's text; undefined when it doesn't exist.
   * @throws InputError when it is not UTF-8, can't be read, or it or a folder above it is a symbolic link
   */
  read: async (path: string): Promise<string | undefined> => {
    await refuseLinks(root, path);
    try {
      return decodeUtf8(await readFile(join(root, path)), path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw explainFileError('read', join(root, path), error);
    }
  },
  /** Lists the names of subfolders; none when the folder doesn't exist. */
  folders: (path: string): Promise<string[]> =>
    listNames(root, path, entry => entry.isDirectory()),
  /** Lists the names of files and links; none when the folder doesn't exist. */
  files: (path: string): Promise<string[]> =>
    listNames(root, path, entry => !entry.isDirectory()),
  /**
   * Replaces an existing file atomically: a reader sees the old text or the new one.
   * @throws InputError when it can't be written, or it or a folder above it is a symbolic link
   */
  replace: async ({ path, text }: TextFile): Promise<void> => {
    await refuseLinks(root, path);
    try {
      const target = join(root, path);
      const temporary = `${target}.${process.pid}.tmp`;
      await writeFile(temporary, text, { mode: (await stat(target)).mode });
      await rename(temporary, target);
    } catch (error) {
      throw explainFileError('write', join(root, path), error);
    }
  },
});

/** @throws InputError for the topmost symbolic link of a path */
const refuseLinks = async (root: string, path: string): Promise<void> => {
  for (const prefix of listPathPrefixes(path)) {
    const at = join(root, prefix);
    const found = await lstat(at).catch(() => undefined);
    // Whoever opens it explains what is missing or not allowed.
    if (!found) return;
    if (found.isSymbolicLink())
      throw createLinkError(prefix, await readlink(at));
  }
};

const listNames = async (
  root: string,
  path: string,
  isWanted: (entry: Dirent) => boolean,
): Promise<string[]> => {
  await refuseLinks(root, path);
  try {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    return entries
      .filter(isWanted)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

/** Explains a file system error, with the next step. */
const explainFileError = (
  what: 'read' | 'write',
  path: string,
  error: unknown,
) => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined
    ? error
    : new InputError(
        `Can't ${what} ${path}: ${message}. Fix this, and run it again.`,
        error as Error,
      );
};

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
