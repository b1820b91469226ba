import { randomBytes } from 'node:crypto';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { Express, RequestHandler } from 'express';
import { closeInterruptedRun } from '../actions/decide/closeInterruptedRun';
import { stopStarter } from '../children/startChild';
import { ActionsOptions, ActionsService, RepoRef } from '../actions/types';
import { BROWSER_USER, RUN_TOKEN_PREFIX, RUN_USER, USER } from './auth';
import { CallLimiter, createCallLimiter } from './callLimits';
import { Conformance } from './conformance';
import { Context } from './context';
import { createFaults, Faults } from './faults';
import { refuseOtherHosts } from './host';
import { deploymentRules, findEnvironment } from './environments';
import { createGitRouter } from './git/smartHttp';
import { writeUpdateHook } from './git/updateHook';
import { createPagesRouter } from './pages/router';
import { operations } from './rest';
import { createRestApi } from './rest/router';
import { Seeding, createSeeding } from './seeding';
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
  /**
   * The only token that stands for `backstage`, beside those that this GitHub issues itself. Private repositories' pages
   * and the buttons ask for it as password, too. Undefined: every token does, and pages ask for none.
   */
  token?: string;
}

export interface LocalGitHub extends Seeding {
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
  /** The secondary rate limits. */
  callLimits: CallLimiter;
  /** A switch per fault that clients of GitHub meet. */
  faults: Faults;
  /** The bare repository on disk. */
  gitDir(repo: RepoRef): string;
  /** Ends runs that are under way, closes all connections, and keeps the state. */
  stop(): Promise<void>;
}

/** A client that reuses a connection at the moment that it is closed here gets a reset; few wait so long. */
const LONGEST_IDLE_MS = 600_000;

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
  const server = createServer({ keepAliveTimeout: LONGEST_IDLE_MS });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const urls = new Urls(`http://localhost:${port}`);

  const runs = new FileRunStore(file, join(stateDir, 'logs'));
  const context = new Context(
    file,
    runs,
    urls,
    join(stateDir, 'git'),
    options.token,
  );
  file.state.runs = file.state.runs.map(run =>
    closeInterruptedRun(run, context.now()),
  );
  for (const login of [USER, BROWSER_USER, RUN_USER])
    context.keepAccount(login);
  await file.save();
  context.actions = options.actions(actionsDeps(context, stateDir));

  const conformance = options.conformance ? new Conformance() : undefined;
  const callLimits = createCallLimiter();
  const faults = createFaults();
  const meet = [callLimits.handler, faults.handler];
  server.on('request', createApp(context, hooks, conformance, meet));
  return {
    port,
    url: urls.server,
    apiUrl: urls.api,
    rawUrl: urls.raw,
    actions: context.actions,
    conformance,
    callLimits,
    faults,
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
      // Whoever waits for this may look for processes that are left.
      await stopStarter();
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
  meet: RequestHandler[],
): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseOtherHosts);
  app.use(meet);
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

const actionsDeps = (context: Context, stateDir: string): ActionsDeps => {
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
    artifactsFolder: runId => join(stateDir, 'artifacts', String(runId)),
    createToken: ({ id }, permissions) => {
      const token = `${RUN_TOKEN_PREFIX}${randomBytes(18).toString('hex')}`;
      context.jobTokens.set(token, { runId: id, permissions });
      return token;
    },
    revokeToken: token => {
      context.jobTokens.delete(token);
    },
    isDisabled: (repo, path) => {
      const { actionsDisabled, disabledWorkflows = [] } = find(repo);
      return Boolean(actionsDisabled) || disabledWorkflows.includes(path);
    },
    defaultPermissions: repo => find(repo).workflowPermissions ?? 'read',
    variables: repo => values(find(repo).variables),
    secrets: repo => values(find(repo).secrets),
    deploymentRules: (repo, environment, ref) =>
      deploymentRules(context, find(repo), environment, ref),
    environmentVariables: (repo, environment) =>
      values(findEnvironment(find(repo), environment)?.variables),
    environmentSecrets: (repo, environment) =>
      values(findEnvironment(find(repo), environment)?.secrets),
  };
};
