import { Actor, Context } from './context';
import { toText, composeMergeMessage } from './decide/mergeMessage';
import { isLogin } from './decide/names';
import {
  createCustomError,
  GitHubError,
  createValidationFailed,
} from './errors';
import { emitPullRequest } from './events/pullRequestEvent';
import { close, markMerged, followRefs } from './events/refsChanged';
import { BareRepo, Identity, ZERO_SHA } from './git/bareRepo';
import { mergeTrees, rebase } from './git/merge';
import { isPull, PullRequest } from './present/pullRequest';
import { listPullCommits } from './pullFacts';
import { createIssue } from './issues';
import { Repository } from './state/model';
import { isSameName } from './state/runStore';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** @throws GitHubError 422 where there is nothing to pull, or it is pulled already */
export const openPullRequest = async (
  context: Context,
  repo: Repository,
  wanted: {
    title: string;
    body: string | null;
    head: string;
    base: string;
    isDraft: boolean;
  },
  actor: Actor,
): Promise<PullRequest> => {
  const git = context.openRepository(repo);
  const head = findHeadBranch(repo, wanted.head);
  const headSha = head && (await git.resolve(`refs/heads/${head}`));
  const baseSha = await git.resolve(`refs/heads/${wanted.base}`);
  const problems = [
    ...(headSha ? [] : ['head' as const]),
    ...(baseSha ? [] : ['base' as const]),
  ];
  if (!head || !headSha || !baseSha) {
    throw createValidationFailed(
      ...problems.map(field => ({
        resource: 'PullRequest',
        field,
        code: 'invalid' as const,
      })),
    );
  }
  await assertPullable(git, repo, {
    head,
    headSha,
    base: wanted.base,
    baseSha,
  });
  const issue: PullRequest = {
    ...createIssue(context, repo, wanted.title, wanted.body, actor),
    pull: {
      base: wanted.base,
      head,
      baseSha,
      headSha,
      isDraft: wanted.isDraft,
      mergedAt: null,
      mergedBy: null,
      mergeCommitSha: null,
    },
  };
  repo.issues.push(issue);
  await git.updateRef(`refs/pull/${issue.number}/head`, headSha);
  await emitPullRequest(context, repo, issue, 'opened', actor);
  return issue;
};

/** `branch` or `owner:branch`; undefined where it is another repository's, which there are none of here. */
export const findHeadBranch = (
  repo: Repository,
  head: string,
): string | undefined => {
  const colon = head.indexOf(':');
  if (colon < 0) return head;
  const owner = head.slice(0, colon);
  return isLogin(owner) && isSameName(owner, repo.owner)
    ? head.slice(colon + 1)
    : undefined;
};

const assertPullable = async (
  git: BareRepo,
  repo: Repository,
  sides: { head: string; headSha: string; base: string; baseSha: string },
) => {
  const isOpen = repo.issues.some(
    issue =>
      isPull(issue) &&
      issue.isOpen &&
      issue.pull.head === sides.head &&
      issue.pull.base === sides.base,
  );
  if (isOpen) {
    throw createCustomError(
      'PullRequest',
      `A pull request already exists for ${repo.owner}:${sides.head}.`,
    );
  }
  if (!(await git.findMergeBase(sides.baseSha, sides.headSha))) {
    throw createCustomError(
      'PullRequest',
      `The ${sides.head} branch has no history in common with ${repo.owner}:${sides.base}`,
    );
  }
  if (await git.isAncestor(sides.headSha, sides.baseSha)) {
    throw createCustomError(
      'PullRequest',
      `No commits between ${sides.base} and ${sides.head}`,
    );
  }
};

/** Changes title, body, base or state. @throws GitHubError 422 */
export const updatePullRequest = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  change: {
    title?: string;
    body?: string | null;
    base?: string;
    state?: 'open' | 'closed';
  },
  actor: Actor,
): Promise<void> => {
  const git = context.openRepository(repo);
  if (change.base !== undefined && change.base !== issue.pull.base) {
    const baseSha = await git.resolve(`refs/heads/${change.base}`);
    if (!baseSha) {
      throw createValidationFailed({
        resource: 'PullRequest',
        field: 'base',
        code: 'invalid',
      });
    }
    Object.assign(issue.pull, { base: change.base, baseSha });
  }
  if (change.title !== undefined) issue.title = change.title;
  if (change.body !== undefined) issue.body = change.body;
  issue.updatedAt = context.now();
  if (change.state === 'closed' && issue.isOpen) {
    close(context, issue);
    await emitPullRequest(context, repo, issue, 'closed', actor);
  } else if (change.state === 'open' && !issue.isOpen) {
    await reopen(context, repo, issue, actor);
  }
  await context.file.save();
};

const reopen = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  actor: Actor,
) => {
  const git = context.openRepository(repo);
  const { pull } = issue;
  const headSha = await git.resolve(`refs/heads/${pull.head}`);
  if (pull.mergedAt !== null || !headSha) {
    throw createCustomError(
      'PullRequest',
      `state cannot be changed. ${
        pull.mergedAt
          ? 'The pull request is merged.'
          : `The ${pull.head} branch was deleted.`
      }`,
      'state',
    );
  }
  const baseSha =
    (await git.resolve(`refs/heads/${pull.base}`)) ?? pull.baseSha;
  await assertPullable(git, repo, { ...pull, headSha, baseSha });
  Object.assign(pull, { headSha, baseSha });
  issue.isOpen = true;
  issue.closedAt = null;
  await git.updateRef(`refs/pull/${issue.number}/head`, headSha);
  await emitPullRequest(context, repo, issue, 'reopened', actor);
};

/**
 * Merges a pull request into its base.
 * @returns the sha of the base's new tip
 * @throws GitHubError 405 where it can't be merged, 409 where its head is another one than `sha`
 */
export const mergePullRequest = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  wanted: {
    method: MergeMethod;
    title?: string;
    message?: string;
    sha?: string;
  },
  actor: Actor,
): Promise<string> => {
  const { pull } = issue;
  assertMergeable(repo, issue, wanted);
  const git = context.openRepository(repo);
  const base = await git.resolve(`refs/heads/${pull.base}`);
  if (!base) throw new GitHubError(405, 'Base branch was deleted');

  const tip = await makeMerge(context, repo, issue, base, wanted, actor);
  if (tip === undefined)
    throw new GitHubError(405, 'Pull Request is not mergeable');
  const ref = `refs/heads/${pull.base}`;
  await git.updateRef(ref, tip, base);
  pull.baseSha = base;
  markMerged(context, issue, tip, actor);
  const changes = [{ ref, before: base, after: tip }];
  if (repo.settings.delete_branch_on_merge) {
    await git.updateRef(`refs/heads/${pull.head}`, undefined);
    changes.push({
      ref: `refs/heads/${pull.head}`,
      before: pull.headSha,
      after: ZERO_SHA,
    });
  }
  await emitPullRequest(context, repo, issue, 'closed', actor);
  await followRefs(context, repo, changes, actor, ref);
  return tip;
};

const SETTING = {
  merge: 'allow_merge_commit',
  squash: 'allow_squash_merge',
  rebase: 'allow_rebase_merge',
} as const;
const METHOD_REFUSED = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
};

const assertMergeable = (
  repo: Repository,
  issue: PullRequest,
  wanted: { method: MergeMethod; sha?: string },
) => {
  if (!issue.isOpen)
    throw new GitHubError(405, 'Pull Request is not mergeable');
  if (issue.pull.isDraft) {
    throw new GitHubError(405, 'Pull Request is still a draft');
  }
  if (wanted.sha !== undefined && wanted.sha !== issue.pull.headSha) {
    throw new GitHubError(
      409,
      'Head branch was modified. Review and try the merge again.',
    );
  }
  if (!repo.settings[SETTING[wanted.method]])
    throw new GitHubError(405, METHOD_REFUSED[wanted.method]);
};

const makeMerge = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  base: string,
  wanted: { method: MergeMethod; title?: string; message?: string },
  actor: Actor,
): Promise<string | undefined> => {
  const git = context.openRepository(repo);
  const { pull } = issue;
  const commits = await listPullCommits(context, repo, issue);
  const me = toIdentity(context, actor.login);
  const github = { name: 'GitHub', email: 'noreply@github.com' };
  if (wanted.method === 'rebase') {
    const single = commits.filter(({ parents }) => parents.length < 2);
    return rebase(
      git,
      base,
      single.map(({ sha }) => sha),
      me,
    );
  }
  const merged = await mergeTrees(git, base, pull.headSha);
  if (!merged) return undefined;
  const suggested = composeMergeMessage(
    wanted.method,
    { ...issue, owner: repo.owner, head: pull.head },
    commits,
    repo.settings,
  );
  return git.writeCommit({
    tree: merged.tree,
    parents: wanted.method === 'squash' ? [base] : [base, pull.headSha],
    message: toText({
      title: wanted.title ?? suggested.title,
      body: wanted.message ?? suggested.body,
    }),
    author: wanted.method === 'squash' ? toIdentity(context, issue.author) : me,
    committer: github,
  });
};

/** How GitHub signs what an account does in the browser or through the API. */
export const toIdentity = (context: Context, login: string): Identity => {
  const { id } = context.keepAccount(login);
  return { name: login, email: `${id}+${login}@users.noreply.github.com` };
};
