import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommandFile } from './decide/commandFile';

const NAMES = ['env', 'output', 'path', 'step_summary', 'state'] as const;

/** Files by which a step tells the runner something: GITHUB_ENV, GITHUB_OUTPUT and their kin. */
export type CommandFiles = Record<(typeof NAMES)[number], string>;

/** What a step wrote to its command files. */
export interface CommandFileContents {
  env: Record<string, string>;
  outputs: Record<string, string>;
  /** Folders, in the order that they were added in. */
  path: string[];
  summary: string;
}

/** Creates a step's command files, all of them empty. */
export const createCommandFiles = async (
  folder: string,
): Promise<CommandFiles> => {
  const id = randomUUID();
  const files = Object.fromEntries(
    NAMES.map(name => [name, join(folder, `${name}_${id}`)]),
  ) as CommandFiles;
  await Promise.all(Object.values(files).map(path => writeFile(path, '')));
  return files;
};

/** The variables that tell a step where its command files are. */
export const toCommandFileVariables = (
  files: CommandFiles,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, path]) => [
      `GITHUB_${name.toUpperCase()}`,
      path,
    ]),
  );

/** Reads what a step wrote; a file that it deleted counts as empty. */
export const readCommandFiles = async (
  files: CommandFiles,
): Promise<CommandFileContents> => {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  return {
    env: removeReserved(parseCommandFile(await read(files.env))),
    outputs: parseCommandFile(await read(files.output)),
    path: (await read(files.path)).split(/\r?\n/).filter(line => line !== ''),
    summary: (await read(files.step_summary)).trimEnd(),
  };
};

/** What GITHUB_ENV may set: the runner keeps its own names, and NODE_OPTIONS, to itself. */
const removeReserved = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(GITHUB_|RUNNER_)/.test(name) && name !== 'NODE_OPTIONS',
    ),
  );
