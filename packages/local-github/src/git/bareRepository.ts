import { rm } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { GitObject, ObjectReader } from './objectReader';
import { GitError, GitOptions, runGit } from './runGit';

const FULL_SHA = /^\^?[0-9a-f]{40}(?:\^\{\w+\}|:.*)?$/;
const READS = [
  ...['diff', 'diff-tree', 'log', 'ls-tree'],
  ...['merge-base', 'rev-list', 'rev-parse'],
];

/** What git said about objects that were named by full shas, which never changes. Up to 64 MiB. */
const known = new LRUCache<string, Buffer>({
  maxSize: 64 * 1024 * 1024,
  sizeCalculation: (answer, key) => answer.length + key.length,
});
const readers = new Map<string, ObjectReader>();

/**
 * Runs git on a bare repository, whatever GIT_DIR this process has.
 * @throws GitError where it ends with another code than 0
 */
export const runInRepository = async (
  gitDir: string,
  args: string[],
  options?: GitOptions,
): Promise<Buffer> => {
  const key = `${gitDir}\0${args.join('\0')}`;
  const isLasting = !options && namesOnlyFullShas(args);
  const before = isLasting ? known.get(key) : undefined;
  if (before) return before;
  const answer = await runGit(gitDir, args, {
    ...options,
    env: { GIT_DIR: gitDir, ...options?.env },
  });
  if (isLasting) known.set(key, answer);
  return answer;
};

/** As {@link runInRepository}, for text. @returns undefined where git ends with another code than 0 */
export const tryInRepository = async (
  gitDir: string,
  args: string[],
): Promise<string | undefined> => {
  try {
    return (await runInRepository(gitDir, args)).toString('utf8');
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
};

/** The commit of the first name that stands for one. @param names - full refs, shas, or what else git may guess at */
export const findCommit = async (
  gitDir: string,
  names: string[],
): Promise<string | undefined> => {
  for (const name of names) {
    // A running git doesn't see new objects by a part of their sha.
    const sha = /^[0-9a-f]{4,39}$/.test(name)
      ? (
          await tryInRepository(gitDir, [
            ...['rev-parse', '--verify', '--quiet', '--end-of-options'],
            `${name}^{commit}`,
          ])
        )?.trim()
      : (await openReader(gitDir).read(`${name}^{commit}`))?.sha;
    if (sha) return sha;
  }
  return undefined;
};

/** An object, named as git takes it: a sha, or `<sha>:<path>`. @returns undefined where there is none */
export const readObject = (
  gitDir: string,
  name: string,
): Promise<GitObject | undefined> => openReader(gitDir).read(name);

/** Deletes a bare repository, and what is known of it. */
export const removeRepository = async (gitDir: string): Promise<void> => {
  readers.get(gitDir)?.end();
  readers.delete(gitDir);
  for (const key of known.keys())
    if (key.startsWith(`${gitDir}\0`)) known.delete(key);
  await rm(gitDir, { recursive: true, force: true });
};

const openReader = (gitDir: string): ObjectReader => {
  let reader = readers.get(gitDir);
  if (!reader) {
    reader = new ObjectReader(gitDir);
    readers.set(gitDir, reader);
  }
  return reader;
};

/** Options may stand anywhere, and paths after `--`. */
const namesOnlyFullShas = ([command, ...args]: string[]): boolean => {
  if (!READS.includes(command)) return false;
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const names = args.slice(0, end).filter(arg => !arg.startsWith('-'));
  return names.length > 0 && names.every(name => FULL_SHA.test(name));
};
