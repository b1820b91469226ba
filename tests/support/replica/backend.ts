import { createBackend } from '@backstage/backend-defaults';
import { collectMetrics } from '../../../plugins/scaffolder-backend-module-golden-path/src/testing/collectMetrics';

// A backend of a company, without its frontend. Tests start it as a process of its own and kill it.
// As an operator's instrumentation: metrics as Prometheus would scrape them, on standard output.
if (process.env.PRINT_METRICS) {
  const collect = collectMetrics();
  setInterval(async () => {
    for (const line of await collect()) process.stdout.write(`${line}\n`);
  }, 5_000);
}

const backend = createBackend();

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@goldenpath/plugin-scaffolder-backend-module-golden-path'));
if (process.env.WITH_STATUS) {
  backend.add(import('@goldenpath/plugin-golden-path-backend'));
  backend.add(import('@backstage/plugin-notifications-backend'));
}

backend.start();
