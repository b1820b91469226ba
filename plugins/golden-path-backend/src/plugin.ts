import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import {
  createContents,
  createRequestReader,
  createRunReader,
  createUrlFiles,
  octokitFromIntegrations,
  type WaitSettings,
} from '@goldenpath/plugin-golden-path-node';
import { tryStatusConfig } from './config';
import { createStatus } from './createStatus';
import { readRoutesConfig } from './routesConfig';
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
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        rootConfig: coreServices.rootConfig,
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
            files: createUrlFiles(services.urlReader, infraRepo),
            filesAt: branch => createContents(octokitFor, infraRepo, branch),
          },
          { ...services, store },
        );
        const { router } = await wireRoutes({
          ...services,
          config: readRoutesConfig(rootConfig, config),
          store,
          createOctokitFor,
        });
        services.httpRouter.use(router);
        lifecycle.addShutdownHook(status.stop);
        await status.start();
      },
    });
  },
});
