import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';

/** Adds the guest provider, with which everyone may sign in, in development only. */
export const guestSignIn = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger },
  async *loader({ config, logger }) {
    const place = config.getOptionalString('auth.environment') ?? 'development';
    if (process.env.NODE_ENV === 'development' && place === 'development')
      yield import('@backstage/plugin-auth-backend-module-guest-provider');
    else if (config.has('auth.providers.guest'))
      logger.error(
        `Guest sign-in is refused: NODE_ENV is ${JSON.stringify(
          process.env.NODE_ENV ?? '',
        )} and auth.environment is ${JSON.stringify(
          place,
        )}, and both must be "development". Set up another provider in auth.providers.`,
      );
  },
});
