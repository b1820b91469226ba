import { Actor, Context } from '../context';
import { RefChange } from '../decide/pushRules';
import { toBranch } from '../decide/names';
import { BareRepo, ZERO_SHA } from '../git/bareRepo';
import { Commit } from '../git/commit';
import { FileChange } from '../git/fileChange';
import { listChangedPaths } from '../git/listChanges';
import { toSimpleUser } from '../present/account';
import { toRepository } from '../present/repository';
import { Repository } from '../state/model';

/** At most as many commits are in the payload of a push event. */
const COMMITS_LISTED = 20;

/** What every event carries. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const composeCommonPayload = (
  context: Context,
  repo: Repository,
  actor: Actor,
): Record<string, unknown> => {
  const owner = context.keepAccount(repo.owner);
  return {
    repository: toRepository(context, repo),
    sender: toSimpleUser(context, context.keepAccount(actor.login)),
    ...(owner.type === 'Organization' && {
      organization: toSimpleUser(context, owner),
    }),
  };
};

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export const composePushPayload = async (
  context: Context,
  repo: Repository,
  change: RefChange,
  actor: Actor,
): Promise<Record<string, unknown>> => {
  const git = context.openRepository(repo);
  const { ref, before, after } = change;
  const created = before === ZERO_SHA;
  const commits = await listNewCommits(git, repo, change);
  const listed = await Promise.all(
    commits.map(commit => toPushedCommit(context, repo, git, commit)),
  );
  const head = await git.readCommit(after);
  return {
    ...composeCommonPayload(context, repo, actor),
    ref,
    before,
    after,
    base_ref: null,
    created,
    deleted: false,
    forced: !created && !(await git.isAncestor(before, after)),
    compare: context.urls.toPage(
      repo.owner,
      repo.name,
      'compare',
      `${before.slice(0, 12)}...${after.slice(0, 12)}`,
    ),
    commits: listed.reverse(),
    head_commit: await toPushedCommit(context, repo, git, head),
    pusher: { name: actor.login, email: null },
  };
};

const listNewCommits = (
  git: BareRepo,
  repo: Repository,
  { ref, before, after }: RefChange,
): Promise<Commit[]> => {
  let without: string[] = [];
  if (before !== ZERO_SHA) without = [`^${before}`];
  else if (toBranch(ref) !== repo.defaultBranch)
    without = ['--not', `--glob=refs/heads/${repo.defaultBranch}`];
  return git.listCommits([after, ...without], { limit: COMMITS_LISTED });
};

const toPushedCommit = async (
  { urls }: Context,
  repo: Repository,
  git: BareRepo,
  commit: Commit,
) => {
  const files = await listChangedPaths(git, commit.parents[0], commit.sha);
  const paths = (...status: Array<FileChange['status']>) =>
    files.filter(file => status.includes(file.status)).map(file => file.path);
  const [author, committer] = [commit.author, commit.committer].map(
    ({ name, email }) => ({ name, email }),
  );
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: urls.toPage(repo.owner, repo.name, 'commit', commit.sha),
    author,
    committer,
    added: paths('added', 'copied', 'renamed'),
    removed: paths('removed'),
    modified: paths('modified', 'changed'),
  };
};
