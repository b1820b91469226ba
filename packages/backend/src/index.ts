import { createBackend } from '@backstage/backend-defaults';
import { guestSignIn } from './guestSignIn';
import { loopbackRouter } from './loopbackRouter';

const backend = createBackend();

backend.add(loopbackRouter);
backend.add(import('@backstage/plugin-app-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(guestSignIn);

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(import('@goldenpath/plugin-catalog-backend-module-golden-path'));

backend.add(import('@backstage/plugin-scaffolder-backend'));
// Provides publish:github and the other GitHub actions for further templates of this Backstage.
backend.add(import('@backstage/plugin-scaffolder-backend-module-github'));
backend.add(import('@goldenpath/plugin-scaffolder-backend-module-golden-path'));

backend.add(import('@goldenpath/plugin-golden-path-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
// Notifications appear without a reload.
backend.add(import('@backstage/plugin-signals-backend'));
// Offers the actions of backend.actions.pluginSources as tools.
backend.add(import('@backstage/plugin-mcp-actions-backend'));

backend.start();
