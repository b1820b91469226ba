import { readFile } from 'node:fs/promises';
import type { TextFile } from '@goldenpath/plugin-golden-path-node';

/** A file that an option names; undefined where it isn't given, or can't be read and that is among the problems. */
export const readGiven = async (
  problems: string[],
  option: string,
  path: string | undefined,
): Promise<TextFile | undefined> => {
  if (path === undefined) return undefined;
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    problems.push(`${option}: can't read ${path}: ${(error as Error).message}`);
    return undefined;
  }
};
