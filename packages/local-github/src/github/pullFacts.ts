import { Context } from './context';
import { listChanges } from './git/listChanges';
import { mergeTrees } from './git/merge';
import { isPull, PullFacts, PullRequest } from './present/pullRequest';
import { Repository } from './state/model';

/** Commits of a pull request that are not in its base, oldest first. */
export const listPullCommits = async (
  context: Context,
  repo: Repository,
  { pull }: PullRequest,
) => {
  const commits = await context
    .openRepository(repo)
    .listCommits([pull.headSha, `^${pull.baseSha}`]);
  return commits.reverse();
};

/**
 * The pull requests that a commit belongs to: once it is on the default branch those that brought it there, before that
 * merged and open ones.
 */
export const listPullsOfCommit = async (
  context: Context,
  repo: Repository,
  sha: string,
): Promise<PullRequest[]> => {
  const git = context.openRepository(repo);
  const isBetween = async (from: string, to: string) =>
    (await git.isAncestor(sha, to)) && !(await git.isAncestor(sha, from));
  const main = await git.resolve(`refs/heads/${repo.defaultBranch}`);
  const isOnMain = main !== undefined && (await git.isAncestor(sha, main));
  const found: PullRequest[] = [];
  for (const issue of repo.issues.filter(isPull)) {
    const { baseSha, headSha, mergedAt, mergeCommitSha } = issue.pull;
    if (mergedAt === null && (isOnMain || !issue.isOpen)) continue;
    const tips = [
      headSha,
      ...(mergedAt && mergeCommitSha ? [mergeCommitSha] : []),
    ];
    for (const tip of tips) {
      if (!(await isBetween(baseSha, tip))) continue;
      found.push(issue);
      break;
    }
  }
  return found;
};

/** What a pull request changes: what its head adds since it left the base. */
export const listPullChanges = async (
  context: Context,
  repo: Repository,
  { pull }: PullRequest,
) => {
  const git = context.openRepository(repo);
  return listChanges(
    git,
    await git.findMergeBase(pull.baseSha, pull.headSha),
    pull.headSha,
  );
};

/** Asks git about a pull request; while it is open its test merge is made, as `refs/pull/<n>/merge`. */
export const findPullFacts = async (
  context: Context,
  repo: Repository,
  issue: PullRequest,
): Promise<PullFacts> => {
  const [commits, changes, mergeCommit] = await Promise.all([
    listPullCommits(context, repo, issue),
    listPullChanges(context, repo, issue),
    issue.isOpen ? testMerge(context, repo, issue) : issue.pull.mergeCommitSha,
  ]);
  const sum = (key: 'additions' | 'deletions') =>
    changes.reduce((total, change) => total + change[key], 0);
  return {
    commits: commits.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changedFiles: changes.length,
    mergeable: issue.isOpen ? mergeCommit !== null : null,
    mergeableState: getMergeableState(issue, mergeCommit),
    mergeCommit,
  };
};

const getMergeableState = (
  issue: PullRequest,
  mergeCommit: string | null,
): PullFacts['mergeableState'] => {
  if (!issue.isOpen) return 'unknown';
  if (mergeCommit === null) return 'dirty';
  return issue.pull.isDraft ? 'draft' : 'clean';
};

const testMerge = async (
  context: Context,
  repo: Repository,
  { number, pull }: PullRequest,
): Promise<string | null> => {
  const git = context.openRepository(repo);
  const base = await git.resolve(`refs/heads/${pull.base}`);
  if (base === undefined) return null;
  const key = `${repo.id} ${base} ${pull.headSha}`;
  let merging = context.testMerges.get(key);
  if (!merging) {
    merging = makeTestMerge();
    context.testMerges.set(key, merging);
    merging.catch(() => context.testMerges.delete(key));
  }
  return merging;

  async function makeTestMerge(): Promise<string | null> {
    const merged = await mergeTrees(git, base!, pull.headSha);
    if (!merged) return null;
    const github = { name: 'GitHub', email: 'noreply@github.com' };
    const sha = await git.writeCommit({
      tree: merged.tree,
      parents: [base!, pull.headSha],
      message: `Merge ${pull.headSha} into ${base}\n`,
      author: github,
      committer: github,
    });
    await git.updateRef(`refs/pull/${number}/merge`, sha);
    return sha;
  }
};
