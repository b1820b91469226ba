import { GitHubRepo, OctokitFor } from './client';
import { readStatus } from './errors';

/** @public */
export interface Repository {
  /** Its page. */
  url: string;
  cloneUrl: string;
  defaultBranch: string;
  homepage: string | undefined;
}

/**
 * Reads repositories; changes nothing.
 *
 * @public
 */
export const createRepositories = (octokitFor: OctokitFor) => ({
  /** Undefined when the repository doesn't exist, or the credentials can't see it. */
  get: async (repo: GitHubRepo): Promise<Repository | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(octokit.rest.repos.get({ ...repo }));
    return (
      found && {
        url: found.data.html_url,
        cloneUrl: found.data.clone_url,
        defaultBranch: found.data.default_branch,
        homepage: found.data.homepage ?? undefined,
      }
    );
  },
  hasBranch: async (repo: GitHubRepo, branch: string): Promise<boolean> => {
    const octokit = await octokitFor(repo);
    const call = octokit.rest.repos.getBranch({ ...repo, branch });
    return (await ignoreNotFound(call)) !== undefined;
  },
});
/** @public */
export type Repositories = ReturnType<typeof createRepositories>;

/** Resolves to undefined on 404. Rethrows every other error. */
export const ignoreNotFound = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch(error => {
    if (readStatus(error) === 404) return undefined;
    throw error;
  });
