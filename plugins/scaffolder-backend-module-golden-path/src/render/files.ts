import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RenderedFile } from './checkRendered';

/** Reads every file below the folder, without `.git`. */
export const readFiles = async (folder: string): Promise<RenderedFile[]> => {
  const paths = await filePaths(folder);
  return Promise.all(
    paths.map(async path => ({
      path,
      text: await readFile(join(folder, path), 'utf8'),
    })),
  );
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
