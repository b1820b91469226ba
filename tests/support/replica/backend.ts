import { createBackend } from '@backstage/backend-defaults';

// A backend of a company, without its frontend. Tests start it as a process of its own and kill it.
const backend = createBackend();

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@goldenpath/plugin-scaffolder-backend-module-golden-path'));

backend.start();
