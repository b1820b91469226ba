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
});
/** @public */
export type PullRequestReader = ReturnType<typeof createPullRequestReader>;
