import { GitHubRepo, OctokitFor } from './client';

/**
 * An open pull request, with the fields that we maintain.
 *
 * @public
 */
export interface OpenPullRequest {
  number: number;
  /** Its page. */
  url: string;
  title: string;
  body: string;
  labels: string[];
}

/**
 * Opens and updates pull requests in one repository.
 *
 * @public
 */
export const createPullRequests = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
) => ({
  /** Finds the open pull request from the branch into the base; GitHub allows only one. */
  findOpen: async (
    branch: string,
    base: string,
  ): Promise<OpenPullRequest | undefined> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.list({
      ...repo,
      head: `${repo.owner}:${branch}`,
      base,
      state: 'open',
    });
    return data.map(toSummary)[0];
  },

  /** Lists open pull requests into the base whose branch is in this repository: we can't push to forks. */
  listOpen: async (
    base: string,
  ): Promise<
    Array<{ number: number; url: string; branch: string; body: string }>
  > => {
    const octokit = await octokitFor(repo);
    const pulls = await octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      base,
      state: 'open',
      sort: 'created',
      direction: 'asc',
      per_page: 100,
    });
    return pulls
      .filter(
        ({ head, base: { repo: own } }) => head.repo && head.repo.id === own.id,
      )
      .map(pull => ({
        number: pull.number,
        url: pull.html_url,
        branch: pull.head.ref,
        body: pull.body ?? '',
      }));
  },

  create: async (pull: {
    branch: string;
    base: string;
    title: string;
    body: string;
  }): Promise<OpenPullRequest> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.create({
      ...repo,
      head: pull.branch,
      base: pull.base,
      title: pull.title,
      body: pull.body,
    });
    return toSummary(data);
  },

  update: async (
    number: number,
    text: { title: string; body: string },
  ): Promise<void> => {
    const octokit = await octokitFor(repo);
    await octokit.rest.pulls.update({ ...repo, pull_number: number, ...text });
  },

  /** Adds labels. GitHub creates missing ones. */
  addLabels: async (number: number, labels: string[]): Promise<void> => {
    const octokit = await octokitFor(repo);
    await octokit.rest.issues.addLabels({
      ...repo,
      issue_number: number,
      labels,
    });
  },
});

export type PullRequests = ReturnType<typeof createPullRequests>;

const toSummary = (pull: {
  number: number;
  html_url: string;
  title: string;
  body: string | null;
  labels: Array<{ name?: string }>;
}): OpenPullRequest => ({
  number: pull.number,
  url: pull.html_url,
  title: pull.title,
  body: pull.body ?? '',
  labels: pull.labels.flatMap(({ name }) => name ?? []),
});
