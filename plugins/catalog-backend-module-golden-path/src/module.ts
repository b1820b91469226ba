import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { createUrlFiles } from '@goldenpath/plugin-golden-path-node';
import { createDatabaseProvider } from './act/databaseProvider';
import { ProviderConfig, readProviderConfig } from './config';

/** Published by `@backstage/plugin-events-backend-module-github`. */
const PUSH = 'github.push';

/**
 * Adds the databases of the infra repo, and the instances of its environments, to the catalog.
 *
 * @public
 */
export const catalogModuleGoldenPath = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'golden-path',
  register({ registerInit }) {
    registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        events: eventsServiceRef,
        logger: coreServices.logger,
        rootConfig: coreServices.rootConfig,
        scheduler: coreServices.scheduler,
        urlReader: coreServices.urlReader,
      },
      async init({
        catalog,
        events,
        logger,
        rootConfig,
        scheduler,
        urlReader,
      }) {
        let config: ProviderConfig;
        try {
          config = readProviderConfig(
            rootConfig,
            ScmIntegrations.fromConfig(rootConfig),
          );
        } catch (error) {
          // A mistake here must not stop the whole catalog.
          logger.error(
            `No databases in the catalog: ${(error as Error).message}`,
          );
          return;
        }
        const provider = createDatabaseProvider(config, {
          files: createUrlFiles(urlReader, config.infraRepo),
          logger,
        });
        catalog.addEntityProvider({
          getProviderName: provider.getProviderName,
          connect: async connection => {
            await provider.connect(connection);
            await scheduler.scheduleTask({
              ...config.schedule,
              id: 'golden-path-databases',
              fn: provider.refresh,
            });
            await events.subscribe({
              id: 'golden-path-databases',
              topics: [PUSH],
              onEvent: ({ eventPayload }) => provider.onPush(eventPayload),
            });
          },
        });
      },
    });
  },
});
