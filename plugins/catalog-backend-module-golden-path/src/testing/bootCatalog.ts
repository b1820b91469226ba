import { createBackend } from '@backstage/backend-defaults';
import {
  BackendFeature,
  coreServices,
  createBackendModule,
  createServiceFactory,
  LoggerService,
  RootLoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { NotFoundError, NotModifiedError } from '@backstage/errors';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { EventsService, eventsServiceRef } from '@backstage/plugin-events-node';
import { createLoopbackServices } from '../../../../tests/support/loopbackServices';
import { catalogModuleGoldenPath } from '../module';
import { LONG_IDLE } from '../../../../tests/support/longIdle';

const BLOB = 'https://github.com/acme/platform-infra/blob/main/';
const TASK = 'golden-path-databases';

/** A catalog backend with this module, or others, on PostgreSQL. Its UrlReader reads `files`, by path. */
export const bootCatalog = async (
  files: Record<string, string>,
  postgres: { port: number; ca: string; username: string; password: string },
  modules: BackendFeature[] = [catalogModuleGoldenPath],
) => {
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
  const seen: { scheduler?: SchedulerService; events?: EventsService } = {};

  const backend = createBackend();
  backend.add(catalogPlugin);
  for (const module of modules) backend.add(module);
  backend.add(
    createBackendModule({
      pluginId: 'catalog',
      moduleId: 'test',
      register: ({ registerInit }) =>
        registerInit({
          deps: {
            scheduler: coreServices.scheduler,
            events: eventsServiceRef,
          },
          init: async services => {
            Object.assign(seen, services);
          },
        }),
    }),
  );
  backend.add(
    createServiceFactory({
      service: coreServices.urlReader,
      deps: {},
      factory: () => ({
        readUrl: async (url, { etag } = {}) => {
          const text = files[url.replace(BLOB, '')];
          if (text === undefined) throw new NotFoundError(url);
          if (etag === text) throw new NotModifiedError();
          return { buffer: async () => Buffer.from(text), etag: text };
        },
        readTree: async () => {
          throw new Error('not used');
        },
        search: async () => {
          throw new Error('not used');
        },
      }),
    }),
  );
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
            auth: { dangerouslyDisableDefaultAuthPolicy: true },
            database: {
              client: 'pg',
              pluginDivisionMode: 'schema',
              connection: {
                host: 'localhost',
                port: postgres.port,
                user: postgres.username,
                password: postgres.password,
                database: 'backstage',
                ssl: { ca: postgres.ca },
              },
            },
          },
          catalog: { processingInterval: { minutes: 30 } },
          integrations: { github: [{ host: 'github.com', token: 'x' }] },
          goldenPath: {
            infraRepo: { repoUrl: 'github.com?owner=acme&repo=platform-infra' },
            // Only when a test triggers it.
            catalog: {
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
  const ask = async <Answer>(query: string): Promise<Answer> => {
    const answer = await fetch(`${origin()}/api/catalog${query}`, {
      // The server closes kept connections while entities keep it busy.
      headers: { connection: 'close' },
    });
    return (await answer.json()) as Answer;
  };
  return {
    logged,
    refresh: () => seen.scheduler!.triggerTask(TASK),
    publish: (payload: object) =>
      seen.events!.publish({ topic: 'github.push', eventPayload: payload }),
    /** How many entities of a type the catalog shows. */
    count: async (type: string): Promise<number> =>
      (
        await ask<{ totalItems: number }>(
          `/entities/by-query?limit=0&filter=kind=resource,spec.type=${type}`,
        )
      ).totalItems,
    entity: (name: string): Promise<Entity> =>
      ask<Entity>(`/entities/by-name/resource/default/${name}`),
    stop: () => backend.stop(),
  };
};
