import {
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@backstage/errors';
import { decodeUtf8, TextFile } from '../../infraRepo/decide/text';

/**
 * The files under a folder. Paths are from that folder, with `/`.
 *
 * @public
 */
export const directoryFiles = (root: string) => ({
  /**
   * The file's text; undefined where there is none.
   * @throws InputError where it is not UTF-8, or can't be read
   */
  read: async (path: string): Promise<string | undefined> => {
    try {
      return decodeUtf8(await readFile(join(root, path)), path);
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw fileError('read', join(root, path), error);
    }
  },
  /** The names of the folders in a folder; none where it isn't there. */
  folders: async (path: string): Promise<string[]> => {
    try {
      const entries = await readdir(join(root, path), { withFileTypes: true });
      return entries
        .filter(entry => entry.isDirectory())
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      if (isNotThere(error)) return [];
      throw error;
    }
  },
  /**
   * Replaces an existing file as a whole: a reader sees the old text or the new one, never half of it.
   * @throws InputError where it can't be written
   */
  replace: async ({ path, text }: TextFile): Promise<void> => {
    try {
      const target = await realpath(join(root, path));
      const beside = `${target}.${process.pid}.tmp`;
      await writeFile(beside, text, { mode: (await stat(target)).mode });
      await rename(beside, target);
    } catch (error) {
      throw fileError('write', join(root, path), error);
    }
  },
});

/** What the file system said, in words that a user can act on. */
const fileError = (what: 'read' | 'write', path: string, error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined
    ? error
    : new InputError(
        `Can't ${what} ${path}: ${message}. Put that right, and run it again.`,
        error as Error,
      );
};

const isNotThere = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
