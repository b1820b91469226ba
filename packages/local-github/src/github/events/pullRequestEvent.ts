import { Actor, Context } from '../context';
import { findLabel } from '../issues';
import { findPullFacts } from '../pullFacts';
import { toLabel } from '../present/issue';
import { toFullPull, PullRequest } from '../present/pullRequest';
import { Repository } from '../state/model';
import { composeCommonPayload } from './payloads';

/**
 * Starts the workflows of `pull_request` and `pull_request_target`. As on GitHub there are none of the first while the pull
 * request conflicts with its base, and none at all where a workflow run did it with its own GITHUB_TOKEN.
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
  if (actor.runId !== undefined) return;
  const label =
    labelName === undefined ? undefined : findLabel(repo, labelName);
  const event = {
    repo: { owner: repo.owner, name: repo.name },
    actor: actor.login,
    payload: {
      ...composeCommonPayload(context, repo, actor),
      action,
      number: issue.number,
      pull_request: toFullPull(context, repo, issue, facts),
      ...(label && { label: toLabel(context, repo, label) }),
    },
  };
  const merged = mergeOf(issue, facts.mergeCommit);
  if (merged.sha !== null)
    await context.actions.trigger({
      ...event,
      name: 'pull_request',
      ref: merged.ref,
      sha: merged.sha,
    });
  const target = `refs/heads/${repo.defaultBranch}`;
  const sha = await context.openRepository(repo).resolve(target);
  // Since 2025-12 the default branch's, whatever the pull request's base is.
  if (sha !== undefined)
    await context.actions.trigger({
      ...event,
      name: 'pull_request_target',
      ref: target,
      sha,
    });
};

/** What `pull_request` runs on: the test merge, or what the pull request was merged as. */
const mergeOf = (
  { number, isOpen, pull }: PullRequest,
  testMerge: string | null,
): { ref: string; sha: string | null } =>
  pull.mergedAt === null
    ? {
        ref: `refs/pull/${number}/merge`,
        sha: isOpen ? testMerge : pull.headSha,
      }
    : {
        ref: `refs/heads/${pull.base}`,
        sha: pull.mergeCommitSha ?? pull.headSha,
      };
