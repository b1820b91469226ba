import { GitHubRepo, OctokitFor } from './client';

/**
 * Comments on the pull requests of one repository.
 *
 * @public
 */
export const createComments = (octokitFor: OctokitFor, repo: GitHubRepo) => ({
  /** Lists comments by bots: comments by people are never changed. */
  ofBots: async (
    number: number,
  ): Promise<Array<{ id: number; body: string }>> => {
    const octokit = await octokitFor(repo);
    const comments = await octokit.paginate(octokit.rest.issues.listComments, {
      ...repo,
      issue_number: number,
      per_page: 100,
    });
    return comments
      .filter(({ user }) => user?.type === 'Bot')
      .map(({ id, body }) => ({ id, body: body ?? '' }));
  },

  create: async (number: number, body: string): Promise<void> => {
    const octokit = await octokitFor(repo);
    await octokit.rest.issues.createComment({
      ...repo,
      issue_number: number,
      body,
    });
  },

  update: async (id: number, body: string): Promise<void> => {
    const octokit = await octokitFor(repo);
    await octokit.rest.issues.updateComment({ ...repo, comment_id: id, body });
  },
});
