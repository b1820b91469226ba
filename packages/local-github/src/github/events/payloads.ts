import { Actor, Context } from '../context';
import { RefChange } from '../decide/pushRules';
import { branchOf } from '../decide/names';
import { BareRepo, ZERO_SHA } from '../git/bareRepo';
import { Commit } from '../git/commit';
import { FileChange } from '../git/fileChange';
import { simpleUser } from '../present/account';
import { repository } from '../present/repository';
import { Repository } from '../state/model';

/** At most as many commits are in the payload of a push event. */
const COMMITS_LISTED = 20;

/** What every event carries. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const commonPayload = (
  context: Context,
  repo: Repository,
  actor: Actor,
): Record<string, unknown> => {
  const owner = context.account(repo.owner);
  return {
    repository: repository(context, repo),
    sender: simpleUser(context, context.account(actor.login)),
    ...(owner.type === 'Organization' && {
      organization: simpleUser(context, owner),
    }),
  };
};

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export const pushPayload = async (
  context: Context,
  repo: Repository,
  change: RefChange,
  actor: Actor,
): Promise<Record<string, unknown>> => {
  const git = context.git(repo);
  const { ref, before, after } = change;
  const created = before === ZERO_SHA;
  const commits = await newCommits(git, repo, change);
  const listed = await Promise.all(
    commits.map(commit => pushedCommit(context, repo, git, commit)),
  );
  const head = await git.commit(after);
  return {
    ...commonPayload(context, repo, actor),
    ref,
    before,
    after,
    base_ref: null,
    created,
    deleted: false,
    forced: !created && !(await git.isAncestor(before, after)),
    compare: context.urls.page(
      repo.owner,
      repo.name,
      'compare',
      `${before.slice(0, 12)}...${after.slice(0, 12)}`,
    ),
    commits: listed.reverse(),
    head_commit: await pushedCommit(context, repo, git, head),
    pusher: { name: actor.login, email: null },
  };
};

const newCommits = (
  git: BareRepo,
  repo: Repository,
  { ref, before, after }: RefChange,
): Promise<Commit[]> => {
  let without: string[] = [];
  if (before !== ZERO_SHA) without = [`^${before}`];
  else if (branchOf(ref) !== repo.defaultBranch)
    without = ['--not', `--glob=refs/heads/${repo.defaultBranch}`];
  return git.commits([after, ...without], { limit: COMMITS_LISTED });
};

const pushedCommit = async (
  { urls }: Context,
  repo: Repository,
  git: BareRepo,
  commit: Commit,
) => {
  const files = await git.changes(commit.parents[0], commit.sha);
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
    url: urls.page(repo.owner, repo.name, 'commit', commit.sha),
    author,
    committer,
    added: paths('added', 'copied', 'renamed'),
    removed: paths('removed'),
    modified: paths('modified', 'changed'),
  };
};
