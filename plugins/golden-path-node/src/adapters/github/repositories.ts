import { GitHubRepo, OctokitFor } from './client';
import { statusOf } from './errors';

/** @public */
export interface Repository {
  /** Its page. */
  url: string;
  cloneUrl: string;
  defaultBranch: string;
  homepage: string | undefined;
}

/**
 * Looks at repositories; changes nothing.
 *
 * @public
 */
export const createRepositories = (octokitFor: OctokitFor) => ({
  /** Undefined where there is none, or none that the credentials may see. */
  get: async (repo: GitHubRepo): Promise<Repository | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await orUndefined(octokit.rest.repos.get({ ...repo }));
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
    return (await orUndefined(call)) !== undefined;
  },
});
/** @public */
export type Repositories = ReturnType<typeof createRepositories>;

/** What GitHub has not is undefined; every other error stays one. */
export const orUndefined = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch(error => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
