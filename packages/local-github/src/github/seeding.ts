import { randomBytes } from 'node:crypto';
import { DefaultPermissions } from '../actions/decide/permissions';
import { RepoRef } from '../actions/types';
import { issueAppToken, registerApp } from './apps';
import { USER } from './auth';
import { Context, DispatchAnswers } from './context';
import { isLogin } from './decide/names';
import { ensureEnvironment, EnvironmentRules, setRules } from './environments';
import { enterMergeQueue, MergeGroup } from './mergeQueue';
import { commitFirstFiles, createRepository } from './repositories';
import { checkName, setVariable } from './rest/variables';
import { AppPermissions, Permission, Variable } from './state/model';
import { addToTeam, findTeam } from './teams';

export interface RepositoryOptions {
  /** True unless given. */
  isPrivate?: boolean;
  description?: string;
  /** What a job's GITHUB_TOKEN may do where no file says so; `read` unless given, as in new organisations of GitHub. */
  workflowPermissions?: DefaultPermissions;
}

/** A role as people call it. */
export type CollaboratorRole = 'admin' | 'maintain' | 'write' | 'read';

const ROLES: Record<CollaboratorRole, Permission> = {
  admin: 'admin',
  maintain: 'maintain',
  write: 'push',
  read: 'pull',
};

/** What a platform sets up without the REST API. */
export interface Seeding {
  createOrganisation(login: string): Promise<void>;
  createTeam(org: string, slug: string): Promise<void>;
  /** @throws Error where there is no such team */
  addTeamMember(org: string, slug: string, login: string): Promise<void>;
  /** Gives a login a role in a repository; its account is created where there is none. */
  addCollaborator(
    repo: RepoRef,
    login: string,
    role: CollaboratorRole,
  ): Promise<void>;
  /** A personal token for a login, whose account is created where there is none. It ends with the server. */
  createUserToken(login: string): Promise<string>;
  /**
   * A repository with a first commit. One that has commits already is left as it is.
   * @param files - text by path
   */
  createRepository(
    owner: string,
    name: string,
    files: Record<string, string>,
    options?: RepositoryOptions,
  ): Promise<void>;
  /**
   * Registers a GitHub App, installed for every owner here; called again, it gets a new key.
   * @param permissions - as the REST API names them; to contents, issues and pull requests unless given
   * @returns its id and PEM key
   */
  createApp(
    slug: string,
    permissions?: AppPermissions,
  ): Promise<{ appId: number; privateKey: string }>;
  /** A token that acts as an App, for an hour. @throws Error where there is no such App */
  createAppToken(slug: string): string;
  /** Ends a token, as when it expires or is revoked: `Bad credentials`, for git too; or makes it valid again. */
  revokeToken(token: string, isRevoked?: boolean): void;
  /** Suspends an App's installations, or ends that. @throws Error where there is no such App */
  suspendApp(slug: string, isSuspended?: boolean): Promise<void>;
  /** Archives a repository, or ends that. */
  archiveRepository(repo: RepoRef, isArchived?: boolean): Promise<void>;
  /** Disables GitHub Actions in a repository, or only one workflow file of it; or enables them again. */
  disableActions(
    repo: RepoRef,
    options?: { workflow?: string; isDisabled?: boolean },
  ): Promise<void>;
  /** Puts a pull request into the merge queue, behind another one; see {@link enterMergeQueue}. */
  enterMergeQueue(
    repo: RepoRef,
    number: number,
    behind?: MergeGroup,
  ): Promise<MergeGroup>;
  /** How dispatches are answered, as versions of GitHub differ; until the server stops. */
  setDispatchAnswers(answers: DispatchAnswers): void;
  /** Answers as this version of GitHub Enterprise Server, or as github.com; until the server stops. */
  setServerVersion(version: string | undefined): void;
  setVariable(repo: RepoRef, name: string, value: string): Promise<void>;
  setEnvironmentVariable(
    repo: RepoRef,
    environment: string,
    name: string,
    value: string,
  ): Promise<void>;
  setSecret(repo: RepoRef, name: string, value: string): Promise<void>;
  /** Sets the rules of an environment, which is created where there is none yet; what isn't named has no rule. */
  setEnvironment(
    repo: RepoRef,
    environment: string,
    rules: EnvironmentRules,
  ): Promise<void>;
  setEnvironmentSecret(
    repo: RepoRef,
    environment: string,
    name: string,
    value: string,
  ): Promise<void>;
}

/** What a platform sets up without the REST API. */
export const createSeeding = (context: Context): Seeding => {
  const { file, state } = context;
  const find = (repo: RepoRef) => context.getRepository(repo.owner, repo.name);
  const environmentOf = (repo: RepoRef, environment: string) =>
    ensureEnvironment(context, find(repo), environment);
  const findAppBySlug = (slug: string) => {
    const app = state.apps?.find(known => known.slug === slug);
    if (!app) throw new Error(`There is no App "${slug}"`);
    return app;
  };
  const set = async (
    variables: Record<string, Variable>,
    name: string,
    value: string,
  ) => {
    setVariable(variables, checkName(name), value, context.now());
    await file.save();
  };
  return {
    createOrganisation: async (login: string) => {
      if (!isLogin(login))
        throw new Error(`"${login}" can't be the name of an organisation`);
      context.keepAccount(login).type = 'Organization';
      await file.save();
    },
    createTeam: async (org: string, slug: string) => {
      if (state.teams.some(team => team.org === org && team.slug === slug))
        return;
      state.teams.push({
        id: file.takeId(),
        org,
        slug,
        name: slug,
        createdAt: context.now(),
      });
      await file.save();
    },
    addTeamMember: async (org: string, slug: string, login: string) => {
      const team = findTeam(context, org, slug);
      if (!team) throw new Error(`${org} has no team "${slug}"`);
      addToTeam(context, team, login, 'member');
      await file.save();
    },
    addCollaborator: async (
      repo: RepoRef,
      login: string,
      role: CollaboratorRole,
    ) => {
      find(repo).collaborators[context.keepAccount(login).login] = ROLES[role];
      await file.save();
    },
    createUserToken: async (login: string) => {
      const token = `ghp_${randomBytes(18).toString('hex')}`;
      context.userTokens.set(token, context.keepAccount(login).login);
      await file.save();
      return token;
    },
    createApp: async (slug: string, permissions?: AppPermissions) => {
      const app = registerApp(context, slug, permissions);
      await file.save();
      return app;
    },
    createAppToken: (slug: string) =>
      issueAppToken(context, findAppBySlug(slug)).token,
    revokeToken: (token: string, isRevoked = true) => {
      if (isRevoked) context.revokedTokens.add(token);
      else context.revokedTokens.delete(token);
    },
    suspendApp: async (slug: string, isSuspended = true) => {
      findAppBySlug(slug).suspendedAt = isSuspended ? context.now() : undefined;
      await file.save();
    },
    archiveRepository: async (repo: RepoRef, isArchived = true) => {
      find(repo).settings.archived = isArchived;
      await file.save();
    },
    disableActions: async (
      repo: RepoRef,
      { workflow, isDisabled = true } = {},
    ) => {
      const found = find(repo);
      if (workflow === undefined) found.actionsDisabled = isDisabled;
      else
        found.disabledWorkflows = [
          ...(found.disabledWorkflows ?? []).filter(path => path !== workflow),
          ...(isDisabled ? [workflow] : []),
        ];
      await file.save();
    },
    enterMergeQueue: (repo, number, behind) =>
      enterMergeQueue(context, find(repo), number, behind),
    setDispatchAnswers: (answers: DispatchAnswers) => {
      context.dispatchAnswers = answers;
    },
    setServerVersion: version => {
      context.serverVersion = version;
    },
    createRepository: async (
      owner: string,
      name: string,
      files: Record<string, string>,
      {
        isPrivate = true,
        description = '',
        workflowPermissions,
      }: RepositoryOptions = {},
    ) => {
      const repo =
        context.findRepository(owner, name) ??
        (await createRepository(context, context.keepAccount(owner), {
          name,
          isPrivate,
          description: description || null,
        }));
      repo.workflowPermissions = workflowPermissions;
      const isEmpty =
        (await context.openRepository(repo).listRefs('refs/heads')).length ===
        0;
      if (isEmpty) {
        await commitFirstFiles(context, repo, files, 'Initial commit', {
          login: USER,
        });
      }
    },
    setVariable: (repo: RepoRef, name: string, value: string) =>
      set(find(repo).variables, name, value),
    setEnvironmentVariable: (
      repo: RepoRef,
      environment: string,
      name: string,
      value: string,
    ) => set(environmentOf(repo, environment).variables, name, value),
    setSecret: (repo: RepoRef, name: string, value: string) =>
      set(find(repo).secrets, name, value),
    setEnvironment: async (
      repo: RepoRef,
      environment: string,
      rules: EnvironmentRules,
    ) => {
      setRules(context, environmentOf(repo, environment), rules);
      await file.save();
    },
    setEnvironmentSecret: (
      repo: RepoRef,
      environment: string,
      name: string,
      value: string,
    ) => set(environmentOf(repo, environment).secrets, name, value),
  };
};
