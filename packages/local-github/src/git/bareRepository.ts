import { GitError, GitOptions, runGit } from './runGit';

/**
 * Runs git on a bare repository, whatever GIT_DIR this process has.
 * @throws GitError where it ends with another code than 0
 */
export const runInRepository = (
  gitDir: string,
  args: string[],
  options?: GitOptions,
): Promise<Buffer> =>
  runGit(gitDir, args, {
    ...options,
    env: { GIT_DIR: gitDir, ...options?.env },
  });

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
    const sha = await tryInRepository(gitDir, [
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${name}^{commit}`,
    ]);
    if (sha) return sha.trim();
  }
  return undefined;
};
