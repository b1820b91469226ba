import { readFile } from 'node:fs/promises';
import { refuseProblems } from './checkedOption';
import type { TextFile } from '@goldenpath/plugin-golden-path-node';

/**
 * Reads the file that an option names.
 * @param problems - receives a message if the file can't be read
 * @returns undefined if the option is not set or the file can't be read
 */
export const readGiven = async (
  problems: string[],
  option: string,
  path: string | undefined,
): Promise<TextFile | undefined> => {
  // Its option reports an empty path.
  if (!path?.trim()) return undefined;
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    problems.push(`${option}: can't read ${path}: ${(error as Error).message}`);
    return undefined;
  }
};

/**
 * Reads the file that an option names once more.
 * @throws UsageError if it can't be read any more
 */
export const readGivenAgain = async (
  option: string,
  path: string,
): Promise<TextFile | undefined> => {
  const problems: string[] = [];
  const file = await readGiven(problems, option, path);
  refuseProblems(problems);
  return file;
};
