import { GitHubRepo, OctokitFor } from './client';
import { createContents } from './contents';

const PUSHES = ['push', 'force_push', 'branch_creation'];
/** The SHA of no commit: before a branch was created and after it was deleted. */
const NO_COMMIT = /^0+$/;

/**
 * Reads GitHub's own record of the branches of one repository. The activity names the account that was authenticated; author,
 * committer and even a verified signature of a commit say less, because merging a pull request of a bot makes a commit that GitHub
 * signs with the bot as its author.
 *
 * @public
 */
export const createBranchRecords = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
) => ({
  /** Lists the moves of a branch, newest first. */
  async *moves(branch: string) {
    const octokit = await octokitFor(repo);
    const pages = octokit.paginate.iterator(octokit.rest.repos.listActivities, {
      ...repo,
      ref: `refs/heads/${branch}`,
      direction: 'desc',
      per_page: 100,
    });
    for await (const { data } of pages)
      for (const { actor, after, activity_type: type } of data)
        yield {
          account: actor?.login ?? 'a deleted account',
          sha: NO_COMMIT.test(after) ? undefined : after,
          isPush: PUSHES.includes(type),
        };
  },

  /** Whether a pull request from the branch was merged with this commit as its head. */
  isMerged: async (branch: string, sha: string): Promise<boolean> => {
    const octokit = await octokitFor(repo);
    const pulls = await octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      head: `${repo.owner}:${branch}`,
      state: 'closed',
      per_page: 100,
    });
    return pulls.some(
      ({ merged_at: mergedAt, head }) => mergedAt !== null && head.sha === sha,
    );
  },

  /** Opens the files of a commit, also of one that is on no branch any more. */
  filesAt: (sha: string) => createContents(octokitFor, repo, sha),
});
