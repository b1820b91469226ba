import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { tryStatusConfig } from './config';
import { createStatus } from './createStatus';
import { createStore } from './store';

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
        auth: coreServices.auth,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
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
        lifecycle.addShutdownHook(status.stop);
        await status.start();
      },
    });
  },
});
