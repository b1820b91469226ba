import { Identity, ZERO_SHA } from '../git/bareRepo';
import { toBranch } from '../decide/names';
import { findPushRefusal } from '../decide/pushRules';
import { GitHubError, createNotFound } from '../errors';
import { followRefs } from '../events/refsChanged';
import { toIdentity } from '../pullRequests';
import { toPusher } from '../pusher';
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
  if ((await call.git.listRefs('refs/heads')).length === 0)
    throw new GitHubError(409, 'Git Repository is empty.');
  throw missing(ref);
};

export const createNoSuchRef = (ref: string) =>
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
  const branch = toBranch(ref);
  const protection =
    branch !== undefined && Object.hasOwn(repo.protections, branch)
      ? repo.protections[branch]
      : undefined;
  const reason = findPushRefusal(protection, toPusher(context, repo, actor));
  if (reason) throw refused(reason);
  await git.updateRef(ref, after, before ?? ZERO_SHA);
  await followRefs(
    context,
    repo,
    [{ ref, before: before ?? ZERO_SHA, after }],
    actor,
  );
};

/** Who a commit made through the API is by: as the body says, else the caller. */
export const chooseAuthorship = (
  call: Call,
  body: { author?: Partial<Identity>; committer?: Partial<Identity> },
): { author: Identity; committer: Identity } => {
  const me = toIdentity(call.context, call.actor.login);
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
    throw createNotFound();
  return clean;
};
