import { Identity, ZERO_SHA } from '../git/bareRepo';
import { branchOf } from '../decide/names';
import { pushRefusal } from '../decide/pushRules';
import { GitHubError, notFound } from '../errors';
import { refsChanged } from '../events/refsChanged';
import { identity } from '../pullRequests';
import { pusher } from '../pusher';
import { Call } from './call';

/** The commit of a ref. @throws GitHubError 409 in an empty repository, else 404 or 422 */
export const resolveCommit = async (
  call: Call,
  ref: string,
  missing: (ref: string) => GitHubError = name =>
    new GitHubError(422, `No commit found for SHA: ${name}`),
): Promise<string> => {
  const sha = await call.git.resolve(ref);
  if (sha) return sha;
  if ((await call.git.refs('refs/heads')).length === 0)
    throw new GitHubError(409, 'Git Repository is empty.');
  throw missing(ref);
};

export const noSuchRef = (ref: string) =>
  new GitHubError(404, `No commit found for the ref ${ref}`);

/**
 * Moves or makes a ref as the caller asked through the API, with all that follows.
 * @throws GitHubError 409 where the branch is protected
 */
export const moveRef = async (
  call: Call,
  ref: string,
  before: string | undefined,
  after: string,
  refused: (reason: string) => GitHubError,
): Promise<void> => {
  const { context, repo, actor, git } = call;
  const branch = branchOf(ref);
  const protection =
    branch !== undefined && Object.hasOwn(repo.protections, branch)
      ? repo.protections[branch]
      : undefined;
  const reason = pushRefusal(protection, pusher(context, repo, actor));
  if (reason) throw refused(reason);
  await git.updateRef(ref, after, before ?? ZERO_SHA);
  await refsChanged(
    context,
    repo,
    [{ ref, before: before ?? ZERO_SHA, after }],
    actor,
  );
};

/** Who a commit made through the API is by: as the body says, else the caller. */
export const authorship = (
  call: Call,
  body: { author?: Partial<Identity>; committer?: Partial<Identity> },
): { author: Identity; committer: Identity } => {
  const me = identity(call.context, call.actor.login);
  const author = { ...me, ...body.author };
  return { author, committer: { ...author, ...body.committer } };
};

/** A path of a repository without leading or trailing slashes. @throws GitHubError 404 or 422 where it is none */
export const cleanPath = (path: string): string => {
  const clean = path.replace(/^\/+|\/+$/g, '');
  const parts = clean.split('/');
  if (
    clean !== '' &&
    parts.some(part => ['', '.', '..', '.git'].includes(part))
  )
    throw notFound();
  return clean;
};
