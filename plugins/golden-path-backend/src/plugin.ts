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
import { octokitFromIntegrations } from '@goldenpath/plugin-golden-path-node';
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
        const status = createStatus(config, integrations, {
          ...services,
          store,
        });
        const { router } = await wireRoutes({
          ...services,
          config: readRoutesConfig(rootConfig, config),
          store,
          createOctokitFor: waits =>
            octokitFromIntegrations({
              host: config.host,
              integrations,
              credentials:
                DefaultGithubCredentialsProvider.fromIntegrations(integrations),
              ...waits,
            }),
        });
        services.httpRouter.use(router);
        lifecycle.addShutdownHook(status.stop);
        await status.start();
      },
    });
  },
});
