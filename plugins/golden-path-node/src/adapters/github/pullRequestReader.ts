import { GitHubRepo, OctokitFor } from './client';

/** @public */
export interface PullRequestSummary {
  number: number;
  /** Its page. */
  url: string;
  isOpen: boolean;
  isMerged: boolean;
  body: string;
  /** The commit on the base branch; undefined before the merge. */
  mergeCommit: string | undefined;
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
    return data.map(toSummary);
  },

  /** Lists the numbers of the last 100 open pull requests: one call for all tasks that wait for one. */
  listOpen: async (repo: GitHubRepo): Promise<number[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.list({
      ...repo,
      state: 'open',
      sort: 'created',
      direction: 'desc',
      per_page: 100,
    });
    return data.map(pull => pull.number);
  },

  /** @throws NotFoundError when there is none */
  get: async (
    repo: GitHubRepo,
    number: number,
  ): Promise<PullRequestSummary> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.get({
      ...repo,
      pull_number: number,
    });
    return toSummary(data);
  },
});

const toSummary = (pull: {
  number: number;
  html_url: string;
  state: string;
  merged_at: string | null;
  merge_commit_sha: string | null;
  body: string | null;
}): PullRequestSummary => ({
  number: pull.number,
  url: pull.html_url,
  isOpen: pull.state === 'open',
  isMerged: Boolean(pull.merged_at),
  body: pull.body ?? '',
  // An open one has the commit of a test merge there.
  mergeCommit: pull.merged_at ? pull.merge_commit_sha ?? undefined : undefined,
});
/** @public */
export type PullRequestReader = ReturnType<typeof createPullRequestReader>;
