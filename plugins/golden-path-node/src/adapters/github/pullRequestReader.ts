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
 * Looks at pull requests; changes nothing.
 *
 * @public
 */
export const createPullRequestReader = (octokitFor: OctokitFor) => ({
  /** Every pull request from the branch, newest first, closed ones too. */
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
