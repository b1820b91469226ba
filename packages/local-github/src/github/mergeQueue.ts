import { USER } from './auth';
import { Context } from './context';
import { GitHubError } from './errors';
import { composeCommonPayload } from './events/payloads';
import { mergeTrees } from './git/merge';
import { findIssue } from './issues';
import { isPull } from './present/pullRequest';
import { toIdentity } from './pullRequests';
import { Repository } from './state/model';

/** A pull request in the merge queue, merged on top of its base or of the one before it. */
export interface MergeGroup {
  /** `refs/heads/gh-readonly-queue/<base>/pr-<number>-<base sha>`. */
  ref: string;
  sha: string;
  baseSha: string;
}

/**
 * Puts a pull request into the merge queue of its base, behind another one: makes the merge on a branch of its own and starts the
 * workflows of `merge_group`. What they conclude is the caller's to read; nothing is merged.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group
 * @throws GitHubError 405 where it can't be merged
 */
export const enterMergeQueue = async (
  context: Context,
  repo: Repository,
  number: number,
  behind?: MergeGroup,
): Promise<MergeGroup> => {
  const issue = findIssue(repo, String(number));
  const git = context.openRepository(repo);
  const base = isPull(issue) ? `refs/heads/${issue.pull.base}` : '';
  const baseSha = behind?.sha ?? (await git.resolve(base));
  const merged =
    isPull(issue) && issue.isOpen && baseSha
      ? await mergeTrees(git, baseSha, issue.pull.headSha)
      : undefined;
  if (!isPull(issue) || !baseSha || !merged)
    throw new GitHubError(405, 'Pull Request is not mergeable');
  const message = `Merge pull request #${number} from ${repo.owner}/${issue.pull.head}`;
  const sha = await git.writeCommit({
    tree: merged.tree,
    parents: [baseSha, issue.pull.headSha],
    message,
    author: toIdentity(context, issue.author),
    committer: { name: 'GitHub', email: 'noreply@github.com' },
  });
  const ref = `refs/heads/gh-readonly-queue/${issue.pull.base}/pr-${number}-${baseSha}`;
  await git.updateRef(ref, sha);
  await context.actions.trigger({
    name: 'merge_group',
    repo: { owner: repo.owner, name: repo.name },
    ref,
    sha,
    actor: issue.author,
    payload: {
      ...composeCommonPayload(context, repo, { login: USER }),
      action: 'checks_requested',
      merge_group: {
        head_sha: sha,
        head_ref: ref,
        base_sha: baseSha,
        base_ref: base,
        head_commit: { id: sha, tree_id: merged.tree, message },
      },
    },
  });
  return { ref, sha, baseSha };
};
