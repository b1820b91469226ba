import { Actor, Context } from '../context';
import { findLabel } from '../issues';
import { findPullFacts } from '../pullFacts';
import { toLabel } from '../present/issue';
import { toFullPull, PullRequest } from '../present/pullRequest';
import { Repository } from '../state/model';
import { composeCommonPayload } from './payloads';

/**
 * Starts the workflows of `pull_request`. As on GitHub there are none while the pull request conflicts with its base, and
 * none where a workflow run did it with its own GITHUB_TOKEN.
 */
export const emitPullRequest = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  action:
    | 'opened'
    | 'synchronize'
    | 'closed'
    | 'reopened'
    | 'labeled'
    | 'unlabeled',
  actor: Actor,
  labelName?: string,
): Promise<void> => {
  const facts = await findPullFacts(context, repo, issue);
  await context.file.save();
  const sha = issue.isOpen ? facts.mergeCommit : issue.pull.headSha;
  if (actor.runId !== undefined || sha === null) return;
  const label =
    labelName === undefined ? undefined : findLabel(repo, labelName);
  const isMerged = issue.pull.mergedAt !== null;
  await context.actions.trigger({
    name: 'pull_request',
    repo: { owner: repo.owner, name: repo.name },
    ref: isMerged
      ? `refs/heads/${issue.pull.base}`
      : `refs/pull/${issue.number}/merge`,
    sha: isMerged ? issue.pull.mergeCommitSha ?? sha : sha,
    actor: actor.login,
    payload: {
      ...composeCommonPayload(context, repo, actor),
      action,
      number: issue.number,
      pull_request: toFullPull(context, repo, issue, facts),
      ...(label && { label: toLabel(context, repo, label) }),
    },
  });
};
