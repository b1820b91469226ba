import { BranchCommit } from '@goldenpath/plugin-golden-path-node';
import { RootCommit } from './rootCommit';

/** What a push to the branch of the app would have to do. */
export type PushPlan =
  | { kind: 'published' }
  /** @param replaces - the tip, left by an attempt; undefined when the branch doesn't exist */
  | { kind: 'push'; replaces: string | undefined }
  /** @param tip - a commit of somebody else */
  | { kind: 'refuse'; tip: string };

/**
 * What Backstage's `github:repo:push` commits when GitHub resets its push, before it continues by GraphQL: a tree whose
 * only entry is an empty `.gitkeep`.
 */
const GITKEEP = {
  message: 'initialize repository',
  treeId: 'd564d0bc3dd917926892c55e3706cc116d5b165e',
};
const GITHUB_EMAIL = 'noreply@github.com';

/**
 * Compares the branch with the commit that is to be published. Only what an attempt of this task left may be replaced,
 * and only while nobody has committed on top of it.
 *
 * @param history - of the branch, newest first
 * @param isOwnPage - whether the repository's homepage is the page of this task
 */
export const planPush = (
  commit: Pick<RootCommit, 'id' | 'treeId' | 'message' | 'author'>,
  history: readonly BranchCommit[],
  isOwnPage: boolean,
): PushPlan => {
  const [tip] = history;
  if (!tip) return { kind: 'push', replaces: undefined };
  // The same tree: an earlier version pushed it with another date. Commits on top of it are the developers'.
  if (history.some(one => one.id === commit.id || one.treeId === commit.treeId))
    return { kind: 'published' };
  return isOwnPage && isLeftByAttempt(history, commit)
    ? { kind: 'push', replaces: tip.id }
    : { kind: 'refuse', tip: tip.id };
};

const isLeftByAttempt = (
  history: readonly BranchCommit[],
  commit: Pick<RootCommit, 'message' | 'author'>,
): boolean => {
  const isGitkeep = (one: BranchCommit) =>
    one.parents.length === 0 &&
    one.treeId === GITKEEP.treeId &&
    one.message === GITKEEP.message;
  const hasMessage = (one: BranchCommit) =>
    one.message.trim() === commit.message;
  const [tip, before] = history;
  if (history.length === 1) {
    // A person who amends the commit becomes its committer.
    const isPushed =
      tip.parents.length === 0 &&
      hasMessage(tip) &&
      tip.authorEmail === commit.author.email &&
      tip.committerEmail === commit.author.email;
    return isPushed || isGitkeep(tip);
  }
  return (
    history.length === 2 &&
    isGitkeep(before) &&
    hasMessage(tip) &&
    tip.committerEmail === GITHUB_EMAIL
  );
};
