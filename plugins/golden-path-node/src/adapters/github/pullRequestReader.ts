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

  /** Lists the open pull requests into the base branch, with their branches and when they were opened: one call for all that wait. */
  listOpen: async (
    repo: GitHubRepo,
    base: string,
  ): Promise<Array<{ number: number; branch: string; createdAt: Date }>> => {
    const octokit = await octokitFor(repo);
    const pulls = await octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      base,
      state: 'open',
      per_page: 100,
    });
    return pulls.map(pull => ({
      number: pull.number,
      branch: pull.head.ref,
      createdAt: new Date(pull.created_at),
    }));
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
