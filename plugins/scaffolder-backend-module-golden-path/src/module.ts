import { readFile } from 'node:fs/promises';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import {
  createGithubBranchProtectionAction,
  createGithubRepoCreateAction,
  createGithubRepoPushAction,
} from '@backstage/plugin-scaffolder-backend-module-github';
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
  createSecretsManagerClient,
  createSecretsReader,
  createWorkflowRuns,
  octokitFromIntegrations,
  planInfraRequest,
  readInfraRequestFiles,
} from '@goldenpath/plugin-golden-path-node';
import { createAppPublishAction } from './actions/appPublish';
import { createAppRenderAction } from './actions/appRender';
import { createRdsAwaitAction } from './actions/rdsAwait';
import { createRdsDispatchAction } from './actions/rdsDispatch';
import { createRdsProvisionAction } from './actions/rdsProvision';
import { createRequestValidateAction } from './actions/requestValidate';
import { createCheckOwner } from './checks/mayOwn';
import { createClaims } from './claims';
import { readGoldenPathConfig } from './config';
import { createObserver } from './observe/createObserver';
import { createRenderApp } from './render/renderApp';
import { skeletonsFolder } from './render/skeletons';
import { createIsTaskOver } from './taskOver';

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
        database: coreServices.database,
        logger: coreServices.logger,
        rootConfig: coreServices.rootConfig,
        scaffolder: scaffolderServiceRef,
        urlReader: coreServices.urlReader,
      },
      async init(services) {
        const { auth, catalog, rootConfig, scaffolder } = services;
        const integrations = ScmIntegrations.fromConfig(rootConfig);
        const config = readGoldenPathConfig(rootConfig, integrations);
        const credentials =
          DefaultGithubCredentialsProvider.fromIntegrations(integrations);
        const octokitFor = octokitFromIntegrations({
          host: config.infraRepo.host,
          integrations,
          credentials,
        });
        const github = {
          repositories: createRepositories(octokitFor),
          workflowRuns: createWorkflowRuns(octokitFor),
          pullRequests: createPullRequestReader(octokitFor),
        };
        const infraFiles = createContents(
          octokitFor,
          config.infraRepo,
          config.infraRepo.baseBranch,
        );
        const { owner, repo, baseBranch } = config.infraRepo;
        const observer = createObserver({
          ...services,
          config,
          listOpenPullRequests: () =>
            github.pullRequests.listOpen({ owner, repo }, baseBranch),
        });
        const claims = observer.claims(await createClaims(services.database));
        const renderApp = createRenderApp({
          config,
          fetchTemplate: createFetchTemplateAction({
            reader: services.urlReader,
            integrations,
          }),
          skeletons: skeletonsFolder(),
        });
        const ofGithub = {
          integrations,
          config: rootConfig,
          githubCredentialsProvider: credentials,
        };

        const checkOwner = createCheckOwner(config.owners, catalog);

        const addActions = (...actions: TemplateAction<any, any, any>[]) =>
          services.actions.addActions(...actions.map(observer.action));
        addActions(
          createRequestValidateAction({
            config,
            claims,
            github,
            isTaskOver: createIsTaskOver({ scaffolder, auth }),
            checkOwner,
            planInfraRequest: async request =>
              planInfraRequest(
                await readInfraRequestFiles(infraFiles, request.environment, {
                  mode: 'auto',
                  catalogPath: config.infraRepo.catalogPath,
                  environmentsPath: config.infraRepo.environmentsPath,
                }),
                request,
                {
                  createdDate: new Date().toISOString().slice(0, 10),
                  secretPrefix: config.secretPrefix,
                },
              ),
          }),
          createRdsDispatchAction({ config, claims, github, checkOwner }),
          createAppRenderAction({ config, renderApp }),
          createAppPublishAction({
            config,
            claims,
            renderApp,
            repositories: github.repositories,
            actions: {
              create: createGithubRepoCreateAction(ofGithub),
              push: createGithubRepoPushAction(ofGithub),
              protect: createGithubBranchProtectionAction(ofGithub),
            },
            taskUrl: taskId =>
              `${
                rootConfig.getOptionalString('app.baseUrl') ??
                rootConfig.getString('backend.baseUrl')
              }/create/tasks/${taskId}`,
          }),
          createRdsAwaitAction({ config, claims, github }),
          createRdsProvisionAction({
            config,
            infraFiles,
            editInfraFiles: createCommits(
              octokitFor,
              config.infraRepo,
              config.infraRepo.baseBranch,
            ).edit,
            secrets: createSecretsReader(
              createSecretsManagerClient({ region: config.provision.region }),
            ),
            connect: async () => {
              const { caFile } = config.provision;
              return connectPostgres(
                caFile ? { ca: await readCaFile(caFile) } : {},
              );
            },
            auditFile,
            now: () => new Date(),
          }),
        );
      },
    });
  },
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
