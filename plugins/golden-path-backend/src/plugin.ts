import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { scaffolderServiceRef } from '@backstage/plugin-scaffolder-node';
import {
  createContents,
  createRequestReader,
  createRunReader,
  createUrlFiles,
  octokitFromIntegrations,
  type WaitSettings,
} from '@goldenpath/plugin-golden-path-node';
import { createReadClaims } from './act/readClaims';
import { registerActions } from './actions';
import { tryStatusConfig } from './config';
import { createStatus } from './createStatus';
import { createAudited } from './routes/audited';
import { readRoutesConfig } from './routesConfig';
import { scheduleNotifications } from './scheduleNotifications';
import { createStore } from './store';
import { wireRoutes } from './wireRoutes';

/**
 * Follows the databases of the infra repo and the requests for them.
 *
 * @public
 */
export const goldenPathPlugin = createBackendPlugin({
  pluginId: 'golden-path',
  register({ registerInit }) {
    registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        // Without the notifications plugin it is a client that fails when it sends.
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootConfig: coreServices.rootConfig,
        scaffolder: scaffolderServiceRef,
        scheduler: coreServices.scheduler,
        urlReader: coreServices.urlReader,
      },
      async init(services) {
        const { rootConfig, logger, lifecycle } = services;
        const integrations = ScmIntegrations.fromConfig(rootConfig);
        const config = tryStatusConfig(rootConfig, integrations);
        if (config instanceof Error) {
          logger.error(config.message);
          return;
        }
        const store = await createStore(services.database);
        const { host, infraRepo } = config;
        const credentials =
          DefaultGithubCredentialsProvider.fromIntegrations(integrations);
        const createOctokitFor = (waits?: WaitSettings) =>
          octokitFromIntegrations({
            host,
            integrations,
            credentials,
            ...waits,
          });
        // A refresh doesn't wait: the next one comes soon.
        const octokitFor = createOctokitFor({ longestWaitMs: 0 });
        const status = createStatus(
          config,
          {
            requests: createRequestReader(octokitFor, infraRepo),
            runs: createRunReader(octokitFor, infraRepo),
            readClaims: createReadClaims(services),
            files: createUrlFiles(services.urlReader, infraRepo),
            filesAt: branch => createContents(octokitFor, infraRepo, branch),
          },
          { ...services, store },
        );
        const { databases, planRequest, router } = await wireRoutes({
          ...services,
          config: readRoutesConfig(rootConfig, config),
          store,
          createOctokitFor,
        });
        services.httpRouter.use(router);
        registerActions({
          ...services,
          audited: createAudited(services),
          databases,
          planRequest,
          templateRef: config.templateRef,
          appBaseUrl:
            rootConfig.getOptionalString('app.baseUrl') ??
            rootConfig.getString('backend.baseUrl'),
        });
        if (config.notifications)
          await scheduleNotifications({ ...services, store });
        lifecycle.addShutdownHook(status.stop);
        await status.start();
      },
    });
  },
});
