import { allows } from '../actions/decide/permissions';
import { BROWSER_USER, USER } from './auth';
import { Actor, Context } from './context';
import {
  isPublicKnowledge,
  listNeededPermissions,
} from './decide/neededPermission';
import { isAtLeast, pickHighest, getNeededRole } from './decide/role';
import { GitHubError, createNotFound } from './errors';
import { Permission, Repository } from './state/model';
import { isSameName } from './state/runStore';
import { findTeam, roleInTeam } from './teams';

/** Neither a job nor an app. */
export const isPerson = ({ runId, appId }: Actor): boolean =>
  runId === undefined && appId === undefined;

/** Whether this login owns every organisation here. */
export const isOwner = (login: string): boolean =>
  [USER, BROWSER_USER].some(owner => isSameName(owner, login));

/** The pickHighest role that a login has in a repository, by itself or by a team; undefined where it has none. */
export const findRole = (
  context: Context,
  repo: Repository,
  login: string,
): Permission | undefined => {
  if (isOwner(login) || isSameName(repo.owner, login)) return 'admin';
  const own = Object.entries(repo.collaborators)
    .filter(([collaborator]) => isSameName(collaborator, login))
    .map(([, role]) => role);
  const ofTeams = Object.entries(repo.teams)
    .filter(([slug]) => {
      const team = findTeam(context, repo.owner, slug);
      return team && roleInTeam(team, login) !== undefined;
    })
    .map(([, role]) => role);
  const roles = [...own, ...ofTeams] as Permission[];
  return pickHighest(repo.isPrivate ? roles : ['pull', ...roles]);
};

/**
 * A run's GITHUB_TOKEN reaches its own repository, a person those that they have a role in, and both, to read, public ones.
 * @throws GitHubError 404 as GitHub hides what a token may not see, 403 for writes
 */
export const assertInReach = (
  context: Context,
  actor: Actor,
  repo: Repository,
  isWrite: boolean,
): void => {
  if (actor.isApp && isWrite) throw notAccessible();
  if (!canSee(context, actor, repo)) throw createNotFound();
  if (isWrite && actor.runId !== undefined && !isOwnRepo(context, actor, repo))
    throw notAccessible();
};

/** Whether a repository exists for somebody. */
export const canSee = (
  context: Context,
  actor: Actor,
  repo: Repository,
): boolean => {
  if (isPerson(actor))
    return findRole(context, repo, actor.login) !== undefined;
  if (actor.runId === undefined || !repo.isPrivate) return true;
  return isOwnRepo(context, actor, repo);
};

/** Whether the job runs in this repository. */
const isOwnRepo = (
  context: Context,
  { runId }: Actor,
  repo: Repository,
): boolean => {
  const run = runId === undefined ? undefined : context.runs.get(runId);
  return run?.repo.owner === repo.owner && run?.repo.name === repo.name;
};

/**
 * Whether somebody in reach of a repository may do an operation in it.
 * @param operation - such as `GET /repos/{owner}/{repo}/pulls`
 * @param ofPull - of an operation on an issue: whether it is a pull request
 */
export const isPermitted = (
  context: Context,
  actor: Actor,
  repo: Repository | undefined,
  operation: string,
  ofPull?: boolean,
): boolean => {
  if (actor.isApp) return true;
  if (isPerson(actor)) {
    const role = repo
      ? findRole(context, repo, actor.login)
      : (isOwner(actor.login) && 'admin') || 'pull';
    return isAtLeast(role, getNeededRole(operation));
  }
  const needed = listNeededPermissions(operation, ofPull);
  const isWrite = !operation.startsWith('GET ');
  const isPublic = repo !== undefined && !repo.isPrivate;
  if (!isWrite && isPublic && isPublicKnowledge(needed)) return true;
  return needed.some(name =>
    allows(actor.permissions ?? {}, name, isWrite ? 'write' : 'read'),
  );
};

/** @throws GitHubError 403 in GitHub's words */
export const assertPermitted = (
  ...[context, actor, repo, operation, ofPull]: Parameters<typeof isPermitted>
): void => {
  if (isPermitted(context, actor, repo, operation, ofPull)) return;
  throw isPerson(actor)
    ? new GitHubError(
        403,
        `Must have ${getNeededRole(operation)} rights to Repository.`,
      )
    : notAccessible();
};

/** Of an archived repository only the settings can be changed, and it can be deleted. */
const OF_ARCHIVED = /^(PATCH|DELETE) \/repos\/\{owner\}\/\{repo\}$/;

/** @throws GitHubError 403 in GitHub's words */
export const assertNotArchived = (
  repo: Repository,
  operation: string,
): void => {
  if (repo.settings.archived && !OF_ARCHIVED.test(operation))
    throw new GitHubError(403, 'Repository was archived so is read-only.');
};

const notAccessible = () =>
  new GitHubError(403, 'Resource not accessible by integration');
