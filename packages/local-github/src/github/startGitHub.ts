import { randomBytes } from 'node:crypto';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { Express } from 'express';
import { closeInterruptedRun } from '../actions/decide/closeInterruptedRun';
import { DefaultPermissions } from '../actions/decide/permissions';
import { ActionsOptions, ActionsService, RepoRef } from '../actions/types';
import { registerApp } from './apps';
import { BROWSER_USER, RUN_TOKEN_PREFIX, RUN_USER, USER } from './auth';
import { Conformance } from './conformance';
import { Context } from './context';
import { isLogin } from './decide/names';
import { createGitRouter } from './git/smartHttp';
import { writeUpdateHook } from './git/updateHook';
import { createPagesRouter } from './pages/router';
import { commitFirstFiles, createRepository } from './repositories';
import { operations } from './rest';
import { createRestApi } from './rest/router';
import { checkName, setVariable } from './rest/variables';
import { Variable } from './state/model';
import { FileRunStore } from './state/runStore';
import { StateFile } from './state/stateFile';
import { Urls } from './urls';

/** What GitHub hands to its Actions service; where jobs work and with what environment is the platform's to say. */
export type ActionsDeps = Omit<ActionsOptions, 'workRoot' | 'runnerEnv'>;

export interface GitHubOptions {
  /** 0 takes a free one. */
  port: number;
  /** Everything is kept here; starting again with the same folder finds it. */
  stateDir: string;
  actions(deps: ActionsDeps): ActionsService;
  /** Compare every call of the REST API with GitHub's OpenAPI description; `conformance` of the result then has what differed. */
  conformance?: boolean;
}

export interface RepositoryOptions {
  /** True unless given. */
  isPrivate?: boolean;
  description?: string;
  /** What a job's GITHUB_TOKEN may do where no file says so; `read` unless given, as in new organisations of GitHub. */
  workflowPermissions?: DefaultPermissions;
}

export interface LocalGitHub {
  port: number;
  /** Of the pages and of git, for instance `http://localhost:7010`. */
  url: string;
  /** Of the REST API, `<url>/api/v3`. */
  apiUrl: string;
  /** Of plain files, `<url>/raw`. */
  rawUrl: string;
  actions: ActionsService;
  /** Undefined unless it was asked for. Also served at `/api/conformance`. */
  conformance: Conformance | undefined;
  createOrganisation(login: string): Promise<void>;
  createTeam(org: string, slug: string): Promise<void>;
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
  /** Registers a GitHub App, installed for every owner here; called again, it gets a new key. @returns its id and PEM key */
  createApp(slug: string): Promise<{ appId: number; privateKey: string }>;
  setVariable(repo: RepoRef, name: string, value: string): Promise<void>;
  setEnvironmentVariable(
    repo: RepoRef,
    environment: string,
    name: string,
    value: string,
  ): Promise<void>;
  setSecret(repo: RepoRef, name: string, value: string): Promise<void>;
  /** The bare repository on disk. */
  gitDir(repo: RepoRef): string;
  /** Ends runs that are under way, closes all connections, and keeps the state. */
  stop(): Promise<void>;
}

/**
 * Starts the local GitHub on loopback: REST API, git over HTTP, raw files and pages.
 * @throws Error where the port is taken or the state can't be read
 */
export const startGitHub = async (
  options: GitHubOptions,
): Promise<LocalGitHub> => {
  const { stateDir } = options;
  const file = new StateFile(join(stateDir, 'state.json'));
  const hooks = await writeUpdateHook(stateDir);
  const server = createServer();
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const urls = new Urls(`http://localhost:${port}`);

  const runs = new FileRunStore(file, join(stateDir, 'logs'));
  const context = new Context(file, runs, urls, join(stateDir, 'git'));
  file.state.runs = file.state.runs.map(run =>
    closeInterruptedRun(run, context.now()),
  );
  for (const login of [USER, BROWSER_USER, RUN_USER])
    context.keepAccount(login);
  await file.save();
  context.actions = options.actions(createActionsDeps(context));

  const conformance = options.conformance ? new Conformance() : undefined;
  server.on('request', createApp(context, hooks, conformance));
  return {
    port,
    url: urls.server,
    apiUrl: urls.api,
    rawUrl: urls.raw,
    actions: context.actions,
    conformance,
    ...createSeeding(context),
    gitDir: repo => context.gitDir(repo),
    stop: async () => {
      await context.actions.stop();
      const closed = new Promise(done => {
        server.close(done);
      });
      server.closeAllConnections();
      await closed;
      await file.save();
    },
  };
};

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const createApp = (
  context: Context,
  hooks: string,
  conformance: Conformance | undefined,
): Express => {
  const app = express();
  app.disable('x-powered-by');
  if (conformance) {
    app.get('/api/conformance', (_, response) => {
      response.json({
        violations: conformance.violations,
        seen: Object.fromEntries(conformance.seen),
      });
    });
  }
  app.use('/api/v3', createRestApi(context, operations, conformance));
  app.use('/api', (_, response) => {
    response.status(404).json({
      message: 'Not Found',
      documentation_url: 'https://docs.github.com/rest',
    });
  });
  app.use(createGitRouter(context, hooks));
  app.use(createPagesRouter(context));
  return app;
};

const createActionsDeps = (context: Context): ActionsDeps => {
  const values = (variables: Record<string, Variable> = {}) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, { value }]) => [name, value]),
    );
  const find = (repo: RepoRef) => context.getRepository(repo.owner, repo.name);
  return {
    store: context.runs,
    gitDir: repo => context.gitDir(repo),
    serverUrl: context.urls.server,
    apiUrl: context.urls.api,
    createToken: ({ id }, permissions) => {
      const token = `${RUN_TOKEN_PREFIX}${randomBytes(18).toString('hex')}`;
      context.jobTokens.set(token, { runId: id, permissions });
      return token;
    },
    revokeToken: token => {
      context.jobTokens.delete(token);
    },
    defaultPermissions: repo => find(repo).workflowPermissions ?? 'read',
    variables: repo => values(find(repo).variables),
    environmentVariables: (repo, environment) =>
      values(find(repo).environmentVariables[environment]),
    secrets: repo => values(find(repo).secrets),
  };
};

/** What a platform sets up without the REST API. */
const createSeeding = (context: Context) => {
  const { file, state } = context;
  const find = (repo: RepoRef) => context.getRepository(repo.owner, repo.name);
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
    createApp: async (slug: string) => {
      const app = registerApp(context, slug);
      await file.save();
      return app;
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
    ) =>
      set((find(repo).environmentVariables[environment] ??= {}), name, value),
    setSecret: (repo: RepoRef, name: string, value: string) =>
      set(find(repo).secrets, name, value),
  };
};
