import { readFile } from 'node:fs/promises';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import {
  scaffolderActionsExtensionPoint,
  scaffolderServiceRef,
  TemplateAction,
} from '@backstage/plugin-scaffolder-node';
import {
  auditFile,
  connectPostgres,
  createCommits,
  createContents,
  createPullRequestReader,
  createRepositories,
  createWorkflowRuns,
  octokitFromIntegrations,
  WaitSettings,
  createSecretsManagerClient,
  createSecretsReader,
} from '@goldenpath/plugin-golden-path-node';
import { createAppPublishAction } from './actions/appPublish';
import { createAppRenderAction } from './actions/appRender';
import { createAppValidateAction } from './actions/appValidate';
import { createRdsAwaitAction } from './actions/rdsAwait';
import { createRdsDecommissionAction } from './actions/rdsDecommission';
import { createRdsDispatchAction } from './actions/rdsDispatch';
import { createRdsInspectAction } from './actions/rdsInspect';
import { createRdsProvisionAction } from './actions/rdsProvision';
import { createRequestValidateAction } from './actions/requestValidate';
import { createCheckEntityNames } from './checks/entityNameFree';
import { announceClaims } from './announceClaims';
import { createCheckExistingApp } from './checks/existingApp';
import { createCheckMember, createCheckOwner } from './checks/mayOwn';
import { createClaims } from './claims';
import { createClaimsRouter } from './claimsRouter';
import { clockServiceRef } from './clock';
import { tryGoldenPathConfig } from './config';
import { createGitHubFor } from './github';
import { createObserver } from './observe/createObserver';
import { createPlanRequest } from './planRequest';
import { createRefusingActions } from './refusingActions';
import { createAuthorize } from './removal/authorize';
import { createReadUsage } from './removal/readUsage';
import { createRenderApp } from './render/renderApp';
import { skeletonsFolder } from './render/skeletons';
import { createWatches } from './waiting/watches';
import { createReadTaskLife } from './taskLife';
import { readTaskRecovery, warnWithoutRecovery } from './taskRecovery';
import { withSettingNames } from './settingNames';

/**
 * Registers the golden path's scaffolder actions, and creates their clients.
 *
 * @public
 */
export const scaffolderModuleGoldenPath = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'golden-path',
  register({ registerInit }) {
    registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        clock: clockServiceRef,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        rootConfig: coreServices.rootConfig,
        scaffolder: scaffolderServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init(services) {
        const { auth, catalog, clock, rootConfig, scaffolder } = services;
        const integrations = ScmIntegrations.fromConfig(rootConfig);
        const config = tryGoldenPathConfig(rootConfig, integrations);
        if (config instanceof Error) {
          services.logger.error(config.message);
          services.actions.addActions(...createRefusingActions(config));
          return;
        }
        const credentials =
          DefaultGithubCredentialsProvider.fromIntegrations(integrations);
        const requireScmUserCredentials =
          rootConfig.getOptionalBoolean(
            'scaffolder.requireScmUserCredentials',
          ) ?? false;
        const { infraRepo } = config;
        const { host, baseBranch } = infraRepo;
        const createClients = (token?: string, waits?: WaitSettings) => {
          const octokitFor = octokitFromIntegrations({
            host,
            integrations,
            credentials,
            token,
            ...waits,
          });
          return {
            repositories: createRepositories(octokitFor),
            workflowRuns: createWorkflowRuns(octokitFor),
            pullRequests: createPullRequestReader(octokitFor),
            infraFiles: createContents(octokitFor, infraRepo, baseBranch),
            editInfraFiles: createCommits(octokitFor, infraRepo, baseBranch)
              .edit,
            infraFilesOf: (branch: string) =>
              createContents(octokitFor, infraRepo, branch),
            octokitFor,
          };
        };
        const githubFor = createGitHubFor({
          host,
          requiresUserToken: requireScmUserCredentials,
          longestWaitMs: config.await.timeoutMs,
          clock,
          createClients,
        });
        const recovery = readTaskRecovery(rootConfig);
        warnWithoutRecovery(recovery, services.logger);
        const observer = createObserver({
          ...services,
          config,
          listOpenPullRequests: () =>
            createClients().pullRequests.listOpen(infraRepo, baseBranch),
        });
        const claims = announceClaims(
          observer.claims(await createClaims(services.database)),
          services,
        );
        services.httpRouter.use(createClaimsRouter(claims, services));
        const renderApp = createRenderApp({
          config,
          fetchTemplate: createFetchTemplateAction({
            reader: services.urlReader,
            integrations,
            requireScmUserCredentials,
          }),
          skeletons: skeletonsFolder(),
        });
        const planRequest = createPlanRequest(config);
        const checkOwner = createCheckOwner(config.owners, catalog);

        const addActions = (...actions: TemplateAction<any, any, any>[]) =>
          services.actions.addActions(
            ...actions.map(withSettingNames).map(observer.action),
          );
        const instances = {
          secrets: createSecretsReader(
            createSecretsManagerClient({ region: config.provision.region }),
          ),
          connect: async () => {
            const { caFile } = config.provision;
            return connectPostgres(
              caFile ? { ca: await readCaFile(caFile), caFile } : {},
            );
          },
          now: () => new Date(),
        };
        const removals = {
          config,
          githubFor,
          catalog,
          authorize: createAuthorize({
            checkMember: createCheckMember(config.owners, catalog),
            permissions: services.permissions,
          }),
          readUsage: createReadUsage({ config, ...instances }),
        };
        const checks = {
          config,
          claims,
          githubFor,
          readTaskLife: createReadTaskLife({
            scaffolder,
            auth,
            recovery,
            now: () => new Date(),
          }),
          checkOwner,
          checkEntityNames: createCheckEntityNames({ catalog, auth }),
        };
        addActions(
          createRequestValidateAction({
            ...checks,
            checkExistingApp: createCheckExistingApp(catalog),
            planRequest: planRequest.plan,
          }),
          createAppValidateAction(checks),
          createRdsDispatchAction({
            config,
            claims,
            githubFor,
            checkOwner,
            previewRequest: planRequest.preview,
            clock,
          }),
          createAppRenderAction({ config, renderApp }),
          createAppPublishAction({
            config,
            claims,
            renderApp,
            githubFor,
            author: readDefaultAuthor(rootConfig),
            taskUrl: taskId =>
              `${
                rootConfig.getOptionalString('app.baseUrl') ??
                rootConfig.getString('backend.baseUrl')
              }/create/tasks/${taskId}`,
          }),
          createRdsAwaitAction({
            config,
            claims,
            githubFor,
            watches: createWatches(config.await.pollMs, clock.now),
            clock,
          }),
          createRdsProvisionAction({
            config,
            githubFor,
            ...instances,
            auditFile,
          }),
          createRdsInspectAction(removals),
          createRdsDecommissionAction({ ...removals, clock }),
        );
      },
    });
  },
});

/** Whom Backstage's own actions name, too. */
const readDefaultAuthor = (config: Config) => ({
  name:
    config.getOptionalString('scaffolder.defaultAuthor.name') ?? 'Scaffolder',
  email:
    config.getOptionalString('scaffolder.defaultAuthor.email') ??
    'scaffolder@backstage.io',
});

const readCaFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(
      `goldenPath.provision.caFile "${path}" can't be read; name a PEM file with the database's CAs, or remove the key to use the CAs of RDS`,
      error as Error,
    );
  }
};
