import { GitHubRepo, OctokitFor } from './client';

/** @public */
export interface PullRequestSummary {
  number: number;
  /** Its page. */
  url: string;
  isOpen: boolean;
  isMerged: boolean;
  body: string;
}

/**
 * Reads pull requests; changes nothing.
 *
 * @public
 */
export const createPullRequestReader = (octokitFor: OctokitFor) => ({
  /** Lists all pull requests from the branch, newest first, including closed ones. */
  ofBranch: async (
    repo: GitHubRepo,
    branch: string,
  ): Promise<PullRequestSummary[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.list({
      ...repo,
      head: `${repo.owner}:${branch}`,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 100,
    });
    return data.map(pull => ({
      number: pull.number,
      url: pull.html_url,
      isOpen: pull.state === 'open',
      isMerged: Boolean(pull.merged_at),
      body: pull.body ?? '',
    }));
  },

  /** Lists the open pull requests into the base branch, with their branches and when they were opened. */
  listOpen: async (
    repo: GitHubRepo,
    base: string,
  ): Promise<Array<{ branch: string; createdAt: Date }>> => {
    const octokit = await octokitFor(repo);
    const pulls = await octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      base,
      state: 'open',
      per_page: 100,
    });
    return pulls.map(pull => ({
      branch: pull.head.ref,
      createdAt: new Date(pull.created_at),
    }));
  },
});
/** @public */
export type PullRequestReader = ReturnType<typeof createPullRequestReader>;
