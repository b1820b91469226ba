import { Context } from '../context';
import { Commit, Person } from '../git/commit';
import { FileChange } from '../git/fileChange';
import { Repository } from '../state/model';
import { encodePath } from '../urls';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';

const UNSIGNED = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
};

/** `commit` of the API's description. */
export const toCommit = (
  context: Context,
  repo: Repository,
  { sha, tree, message, author, committer, parents }: Commit,
) => {
  const { urls } = context;
  const rest = (...parts: string[]) =>
    urls.toRest('repos', repo.owner, repo.name, ...parts);
  return {
    sha,
    node_id: toNodeId('Commit', sha),
    url: rest('commits', sha),
    html_url: urls.toPage(repo.owner, repo.name, 'commit', sha),
    comments_url: rest('commits', sha, 'comments'),
    commit: {
      url: rest('git', 'commits', sha),
      author,
      committer,
      message,
      tree: { sha: tree, url: rest('git', 'trees', tree) },
      comment_count: 0,
      verification: UNSIGNED,
    },
    author: findAccountOf(context, author),
    committer: findAccountOf(context, committer),
    parents: parents.map(parent => ({
      sha: parent,
      url: rest('commits', parent),
      html_url: urls.toPage(repo.owner, repo.name, 'commit', parent),
    })),
  };
};

/** The account whose no-reply address a commit carries. */
const findAccountOf = (context: Context, { email }: Person) => {
  const [, login] =
    /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/.exec(email) ?? [];
  const account = login && context.findAccount(login);
  return account ? toSimpleUser(context, account) : null;
};

/** `git-commit` of the API's description. */
export const toGitCommit = (
  { urls }: Context,
  repo: Repository,
  { sha, tree, message, author, committer, parents }: Commit,
) => {
  const rest = (...parts: string[]) =>
    urls.toRest('repos', repo.owner, repo.name, ...parts);
  return {
    sha,
    node_id: toNodeId('Commit', sha),
    url: rest('git', 'commits', sha),
    html_url: urls.toPage(repo.owner, repo.name, 'commit', sha),
    author,
    committer,
    message,
    tree: { sha: tree, url: rest('git', 'trees', tree) },
    parents: parents.map(parent => ({
      sha: parent,
      url: rest('git', 'commits', parent),
      html_url: urls.toPage(repo.owner, repo.name, 'commit', parent),
    })),
    verification: UNSIGNED,
  };
};

/** `diff-entry` of the API's description. */
export const toDiffEntry = (
  { urls }: Context,
  repo: Repository,
  /** The commit after the change. */
  sha: string,
  change: FileChange,
) => {
  const { owner, name } = repo;
  return {
    sha: change.blob,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: urls.toPage(owner, name, 'blob', sha, change.path),
    raw_url: urls.toPage(owner, name, 'raw', sha, change.path),
    contents_url: `${urls.toRest(
      'repos',
      owner,
      name,
      'contents',
    )}/${encodePath(change.path)}?ref=${sha}`,
    ...(change.patch !== undefined && { patch: change.patch }),
    ...(change.previousPath && { previous_filename: change.previousPath }),
  };
};
