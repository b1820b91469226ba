import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';

/**
 * Follows the databases of the infra repo and the requests for them.
 *
 * @public
 */
export const goldenPathPlugin = createBackendPlugin({
  pluginId: 'golden-path',
  register({ registerInit }) {
    registerInit({
      deps: { logger: coreServices.logger },
      async init({ logger }) {
        logger.debug('Started.');
      },
    });
  },
});
