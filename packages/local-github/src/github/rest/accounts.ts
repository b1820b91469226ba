import { createCustomError, GitHubError, createNotFound } from '../errors';
import { toPublicUser } from '../present/account';
import { toFullRepository } from '../present/repository';
import { toSimpleTeam, toTeam } from '../present/team';
import { commitFirstFiles, createRepository } from '../repositories';
import { Account, RepositorySettings, Team } from '../state/model';
import { findTeam } from '../teams';
import {
  Call,
  answerCreated,
  answerNoContent,
  answerOk,
  Operations,
} from './call';

/** Users, organisations and their teams and repositories. */
export const accountOperations: Operations = {
  'GET /users/{username}': call => {
    const account = call.context.findAccount(call.params.username);
    if (!account) throw createNotFound();
    return answerOk(toPublicUser(call.context, account));
  },

  'POST /orgs/{org}/repos': call => makeRepository(call, findOrg(call)),

  'POST /user/repos': call =>
    makeRepository(call, call.context.keepAccount(call.actor.login)),

  'GET /orgs/{org}/teams/{team_slug}': call =>
    answerOk(toTeam(call.context, getTeam(call))),

  'GET /repos/{owner}/{repo}/teams': call => {
    const { context, repo } = call;
    const teams = Object.entries(repo.teams).flatMap(([slug, permission]) => {
      const team = findTeam(context, repo.owner, slug);
      return team ? [{ ...toSimpleTeam(context, team), permission }] : [];
    });
    return call.answerPage(teams);
  },

  'PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}': call => {
    const found = getTeam(call);
    const { permission } = call.readBody<{ permission?: string }>();
    call.repo.teams[found.slug] = permission ?? 'push';
    return answerNoContent();
  },
};

const findOrg = ({ context, params }: Call): Account => {
  const account = context.findAccount(params.org);
  if (account?.type !== 'Organization') throw createNotFound();
  return account;
};

/** The team of the path. @throws GitHubError 404 */
export const getTeam = (call: Call): Team => {
  const org = findOrg(call);
  const found = findTeam(call.context, org.login, call.params.team_slug);
  if (!found) throw createNotFound();
  return found;
};

type RepositoryBody = Partial<RepositorySettings> & {
  name: string;
  private?: boolean;
  visibility?: 'public' | 'private' | 'internal';
  description?: string | null;
  homepage?: string | null;
  auto_init?: boolean;
};

const makeRepository = async (call: Call, owner: Account) => {
  const { context, actor } = call;
  if (actor.runId !== undefined)
    throw new GitHubError(403, 'Resource not accessible by integration');
  const body = call.readBody<RepositoryBody>();
  if (body.visibility === 'internal') {
    throw createCustomError(
      'Repository',
      'Only organizations associated with an enterprise can set visibility to internal',
      'visibility',
    );
  }
  const repo = await createRepository(context, owner, {
    name: body.name,
    isPrivate: body.visibility
      ? body.visibility === 'private'
      : body.private ?? false,
    description: body.description,
    homepage: body.homepage,
    settings: readSettings(body),
  });
  if (body.auto_init) {
    await commitFirstFiles(
      context,
      repo,
      { 'README.md': `# ${repo.name}\n` },
      'Initial commit',
      actor,
    );
  }
  return answerCreated(toFullRepository(context, repo, actor));
};

const SETTING_NAMES: Array<keyof RepositorySettings> = [
  'has_issues',
  'has_projects',
  'has_wiki',
  'allow_merge_commit',
  'allow_squash_merge',
  'allow_rebase_merge',
  'allow_auto_merge',
  'allow_update_branch',
  'delete_branch_on_merge',
  'squash_merge_commit_title',
  'squash_merge_commit_message',
  'archived',
];

/** The settings that a body names. */
export const readSettings = (
  body: Partial<RepositorySettings>,
): Partial<RepositorySettings> =>
  Object.fromEntries(
    SETTING_NAMES.filter(name => body[name] !== undefined).map(name => [
      name,
      body[name],
    ]),
  );
