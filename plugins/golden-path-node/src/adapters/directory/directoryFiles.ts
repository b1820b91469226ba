import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeUtf8, TextFile } from '../../decide/text';

/** The files under a folder. Paths are from that folder, with `/`. */
export const directoryFiles = (root: string) => ({
  /**
   * The file's text; undefined where there is none.
   * @throws InputError where it is not UTF-8
   */
  read: async (path: string): Promise<string | undefined> => {
    try {
      return decodeUtf8(await readFile(join(root, path)), path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  },
  /** Replaces an existing file as a whole: a reader sees the old text or the new one, never half of it. */
  replace: async ({ path, text }: TextFile): Promise<void> => {
    const target = await realpath(join(root, path));
    const beside = `${target}.${process.pid}.tmp`;
    await writeFile(beside, text, { mode: (await stat(target)).mode });
    await rename(beside, target);
  },
});
