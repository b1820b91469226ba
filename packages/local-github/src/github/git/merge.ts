import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { BareRepo, Identity } from './bareRepo';
import { GitError, runGit } from '../../git/runGit';

/** Made by a merge; no ref has moved yet. */
export interface Merged {
  tree: string;
}

/**
 * Merges two commits in a folder of its own, with the objects going straight into the repository. Works with every
 * git that still gets fixes, `merge-tree --write-tree` would not.
 * @returns undefined where they conflict
 */
export const mergeTrees = (
  repo: BareRepo,
  base: string,
  head: string,
): Promise<Merged | undefined> =>
  runInWorktree(repo, base, async git => {
    await git('merge', '--no-commit', '--no-ff', '--quiet', head);
    return { tree: (await git('write-tree')).trim() };
  });

/**
 * Puts commits on top of another one, each with its author, message and a committer of now.
 * @param commits - oldest first
 * @returns the new tip; undefined where one of them conflicts
 */
export const rebase = (
  repo: BareRepo,
  onto: string,
  commits: string[],
  committer: Identity,
): Promise<string | undefined> =>
  runInWorktree(
    repo,
    onto,
    async git => {
      for (const commit of commits)
        await git(
          'cherry-pick',
          '--allow-empty',
          '--keep-redundant-commits',
          commit,
        );
      return (await git('rev-parse', 'HEAD')).trim();
    },
    committer,
  );

const runInWorktree = async <T>(
  repo: BareRepo,
  start: string,
  work: (git: (...args: string[]) => Promise<string>) => Promise<T>,
  committer: Identity = { name: 'GitHub', email: 'noreply@github.com' },
): Promise<T | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'local-github-merge-'));
  const env = {
    GIT_DIR: join(folder, '.git'),
    GIT_WORK_TREE: folder,
    GIT_OBJECT_DIRECTORY: join(repo.gitDir, 'objects'),
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_AUTHOR_NAME: committer.name,
    GIT_AUTHOR_EMAIL: committer.email,
  };
  const git = async (...args: string[]) =>
    (await runGit(folder, args, { env })).toString();
  try {
    await git('init', '--quiet', '--template=', '.');
    await git('checkout', '--quiet', '--detach', start);
    return await work(git);
  } catch (error) {
    const unmerged =
      error instanceof GitError && (await git('ls-files', '--unmerged'));
    if (unmerged) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
