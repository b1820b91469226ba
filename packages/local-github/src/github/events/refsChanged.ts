import { Actor, Context } from '../context';
import { toBranch } from '../decide/names';
import { RefChange } from '../decide/pushRules';
import { ZERO_SHA } from '../git/bareRepo';
import { isPull, PullRequest } from '../present/pullRequest';
import { Repository } from '../state/model';
import { composePushPayload } from './payloads';
import { emitPullRequest } from './pullRequestEvent';
import { recordActivities } from './recordActivities';

/** Branches and tags as they are, to be compared later. */
export const readRefs = async (context: Context, repo: Repository) =>
  new Map(
    (
      await context.openRepository(repo).listRefs('refs/heads', 'refs/tags')
    ).map(({ ref, sha }) => [ref, sha]),
  );

/** Pure: what lies between two readings of the refs. */
export const compareRefs = (
  before: Map<string, string>,
  after: Map<string, string>,
): RefChange[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .map(ref => ({
      ref,
      before: before.get(ref) ?? ZERO_SHA,
      after: after.get(ref) ?? ZERO_SHA,
    }))
    .filter(change => change.before !== change.after);

/**
 * Everything that follows from branches and tags that have moved: the default branch of a repository that was empty, pull
 * requests that got new commits, were merged or lost their branch, and the workflows of `push` and `pull_request`.
 * Belongs inside `context.exclusively`, right after the move.
 * @param merged - the ref that a merged pull request moved
 */
export const followRefs = async (
  context: Context,
  repo: Repository,
  changes: RefChange[],
  actor: Actor,
  merged?: string,
): Promise<void> => {
  if (changes.length === 0) return;
  await recordActivities(context, repo, changes, { actor, merged });
  repo.pushedAt = repo.updatedAt = context.now();
  await chooseDefaultBranch(context, repo, changes);
  await context.file.save();
  for (const change of changes) {
    if (change.after !== ZERO_SHA) await emitPush(context, repo, change, actor);
  }
  for (const change of changes) {
    const branch = toBranch(change.ref);
    if (branch !== undefined)
      await followPulls(context, repo, branch, change, actor);
  }
  await context.file.save();
};

/** The first branch pushed to an empty repository becomes its default branch. */
const chooseDefaultBranch = async (
  context: Context,
  repo: Repository,
  changes: RefChange[],
) => {
  const git = context.openRepository(repo);
  if (await git.resolve(`refs/heads/${repo.defaultBranch}`)) return;
  const [first] = changes.flatMap(({ ref, after }) =>
    after === ZERO_SHA ? [] : toBranch(ref) ?? [],
  );
  if (first === undefined) return;
  repo.defaultBranch = first;
  await git.setHead(first);
};

const emitPush = async (
  context: Context,
  repo: Repository,
  change: RefChange,
  actor: Actor,
) => {
  if (actor.runId !== undefined) return;
  const git = context.openRepository(repo);
  const sha = await git.resolve(change.ref);
  // A tag of something that is no commit runs nothing.
  if (sha === undefined) return;
  await context.actions.trigger({
    name: 'push',
    repo: { owner: repo.owner, name: repo.name },
    ref: change.ref,
    sha,
    actor: actor.login,
    payload: await composePushPayload(
      context,
      repo,
      { ...change, after: sha },
      actor,
    ),
  });
};

const followPulls = async (
  context: Context,
  repo: Repository,
  branch: string,
  { after }: RefChange,
  actor: Actor,
) => {
  const open = repo.issues.filter(
    (issue): issue is PullRequest => isPull(issue) && issue.isOpen,
  );
  for (const issue of open) {
    if (issue.pull.head === branch)
      await followHead(context, repo, issue, after, actor);
    else if (issue.pull.base === branch && after !== ZERO_SHA)
      await closeIfMerged(context, repo, issue, after, actor);
  }
};

const followHead = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  after: string,
  actor: Actor,
) => {
  if (after === ZERO_SHA) {
    close(context, issue);
    await emitPullRequest(context, repo, issue, 'closed', actor);
    return;
  }
  const git = context.openRepository(repo);
  issue.pull.headSha = after;
  issue.pull.baseSha =
    (await git.resolve(`refs/heads/${issue.pull.base}`)) ?? issue.pull.baseSha;
  issue.updatedAt = context.now();
  await git.updateRef(`refs/pull/${issue.number}/head`, after);
  await emitPullRequest(context, repo, issue, 'synchronize', actor);
};

/** A pull request whose commits were pushed to its base is merged. */
const closeIfMerged = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  base: string,
  actor: Actor,
) => {
  if (
    !(await context.openRepository(repo).isAncestor(issue.pull.headSha, base))
  )
    return;
  markMerged(context, issue, base, actor);
  await emitPullRequest(context, repo, issue, 'closed', actor);
};

export const close = (context: Context, issue: PullRequest): void => {
  issue.isOpen = false;
  issue.closedAt = issue.updatedAt = context.now();
};

export const markMerged = (
  context: Context,
  issue: PullRequest,
  mergeCommit: string,
  actor: Actor,
): void => {
  close(context, issue);
  Object.assign(issue.pull, {
    mergedAt: issue.closedAt,
    mergedBy: actor.login,
    mergeCommitSha: mergeCommit,
  });
};
