import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
  LoggerService,
  RootLoggerService,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import knexFactory from 'knex';
import { createLoopbackServices } from '../../../../tests/support/loopbackServices';
import { goldenPathPlugin } from '../plugin';
import { createStore } from '../store';
import { LONG_IDLE } from '../../../../tests/support/longIdle';

/** The user's. The example policy lets the platform team see everything. */
export const TEAM = 'group:default/shop-team';

/**
 * A backend with this plugin on PostgreSQL, a user of one team, and permissions on: the example policy of the docs decides.
 * The status is never refreshed: it has what a caller puts.
 */
export const bootRoutes = async (
  postgres: { port: number; ca: string; username: string; password: string },
  github: { host: string; apiBaseUrl: string; token: string },
) => {
  const connection = {
    host: 'localhost',
    port: postgres.port,
    user: postgres.username,
    password: postgres.password,
    database: 'backstage',
    ssl: { ca: postgres.ca },
  };
  const logged: string[] = [];
  const log = (text: string) => {
    logged.push(text);
  };
  const logger: RootLoggerService & LoggerService = {
    error: log,
    warn: log,
    info: () => undefined,
    debug: () => undefined,
    child: () => logger,
  };
  const { origin, features } = createLoopbackServices(logger);
  const backend = createBackend();
  backend.add(goldenPathPlugin);
  backend.add(import('@backstage/plugin-auth-backend'));
  backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
  backend.add(import('@backstage/plugin-permission-backend'));
  backend.add(import('../../../../docs/examples/permissionPolicy'));
  for (const feature of features) backend.add(feature);
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () =>
        new ConfigReader({
          app: { baseUrl: 'http://localhost:3000' },
          backend: {
            baseUrl: 'http://localhost:0',
            listen: '127.0.0.1:0',
            server: LONG_IDLE,
            database: {
              client: 'pg',
              pluginDivisionMode: 'schema',
              connection,
            },
          },
          auth: {
            providers: {
              guest: {
                userEntityRef: 'user:default/jane',
                ownershipEntityRefs: ['user:default/jane', TEAM],
                dangerouslyAllowOutsideDevelopment: true,
              },
            },
          },
          permission: { enabled: true },
          integrations: { github: [github] },
          goldenPath: {
            infraRepo: {
              repoUrl: `${github.host}?owner=acme&repo=platform-infra`,
            },
            status: {
              schedule: {
                frequency: { trigger: 'manual' },
                timeout: { minutes: 3 },
              },
            },
          },
        }),
    }),
  );
  await backend.start();
  const signIn = await fetch(`${origin()}/api/auth/guest/refresh`);
  const { token } = Object(await signIn.json()).backstageIdentity;
  const knex = knexFactory({
    client: 'pg',
    connection,
    searchPath: 'golden-path',
  });
  const store = await createStore({
    getClient: async () => knex,
    migrations: { skip: true },
  });
  return {
    url: `${origin()}/api/golden-path`,
    token: String(token),
    knex,
    logged,
    put: async (statuses: DatabaseStatus[]) => {
      for (const status of statuses)
        await store.change(
          status,
          () => ({ evidence: {}, status, transitions: [], newsSince: 0 }),
          Date.now(),
        );
    },
    stop: async () => {
      await knex.destroy();
      await backend.stop();
    },
  };
};
