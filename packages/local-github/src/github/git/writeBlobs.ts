import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BareRepo } from './bareRepo';

/** Writes many blobs with one git. @returns their shas, in the same order */
export const writeBlobs = async (
  git: BareRepo,
  contents: Buffer[],
): Promise<string[]> => {
  const folder = await mkdtemp(join(git.gitDir, 'blobs-'));
  try {
    const paths = contents.map((_, index) => join(folder, String(index)));
    await Promise.all(
      paths.map((path, index) => writeFile(path, contents[index])),
    );
    const shas = await git.run(
      ['hash-object', '-w', '--no-filters', '--stdin-paths'],
      { input: paths.map(path => `${path}\n`).join('') },
    );
    return shas.toString().split('\n').filter(Boolean);
  } finally {
    await rm(folder, { recursive: true });
  }
};
