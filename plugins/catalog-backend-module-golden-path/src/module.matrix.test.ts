import { createBackend } from '@backstage/backend-defaults';
import {
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
import { createLoopbackServices } from '../../../tests/support/loopbackServices';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { startTemporaryPostgres } from '../../../tests/support/temporaryPostgres';
import { catalogModuleGoldenPath } from './module';
import { entryOf, infraRepoOf } from './testing/infraRepo';

const BLOB = 'https://github.com/acme/platform-infra/blob/main/';
const TASK = 'golden-path-databases';

/** A catalog backend with this module on PostgreSQL. Its UrlReader reads `files`, by path. */
const bootCatalog = async (files: Record<string, string>) => {
  const postgres = await startTemporaryPostgres();
  const { username, password } = postgres.databases.backstage;
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
  backend.add(catalogModuleGoldenPath);
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
            auth: { dangerouslyDisableDefaultAuthPolicy: true },
            database: {
              client: 'pg',
              pluginDivisionMode: 'schema',
              connection: {
                host: 'localhost',
                port: postgres.port,
                user: username,
                password,
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
    stop: async () => {
      await backend.stop();
      await postgres.stop();
    },
  };
};

const until = async (what: () => Promise<boolean>) => {
  while (!(await what())) await new Promise(done => setTimeout(done, 200));
};

const NUMBER = 100;
const many = Object.fromEntries(
  Array.from({ length: NUMBER }, (_, at) => [
    `db_${at}`,
    entryOf('dev', `db_${at}`),
  ]),
);

describe('the module in a catalog', () => {
  const files = infraRepoOf({ dev: { users_db: entryOf('dev', 'users_db') } });
  let catalog: Awaited<ReturnType<typeof bootCatalog>>;
  beforeAll(async () => {
    catalog = await bootCatalog(files);
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === 1);
  });
  afterAll(() => catalog?.stop());

  it('has database and instance, related both ways, and no orphan', async () => {
    const database = await catalog.entity('rds-dev-users_db');
    expect(database.relations).toEqual(
      expect.arrayContaining([
        { type: 'dependsOn', targetRef: 'resource:default/rds-dev' },
        { type: 'ownedBy', targetRef: 'group:default/platform-team' },
      ]),
    );
    await until(
      async () =>
        (
          await catalog.entity('rds-dev')
        ).relations?.some(({ type }) => type === 'dependencyOf') ?? false,
    );
    expect(JSON.stringify(database)).not.toContain('backstage.io/orphan');
  });

  it('follows a push, keeps everything while the file is broken, and says so', async () => {
    const push = {
      ref: 'refs/heads/main',
      repository: { html_url: 'https://github.com/acme/platform-infra' },
      commits: [{ modified: [CATALOG_PATH] }],
    };
    Object.assign(
      files,
      infraRepoOf({
        dev: {
          users_db: entryOf('dev', 'users_db'),
          orders_db: entryOf('dev', 'orders_db'),
        },
      }),
    );
    await catalog.publish(push);
    await until(async () => (await catalog.count('database')) === 2);

    const good = files[CATALOG_PATH];
    files[CATALOG_PATH] = 'databases: [';
    await catalog.publish(push);
    const problem = async () =>
      (await catalog.entity('rds-dev')).metadata.annotations?.[
        'goldenpath.io/catalog-problem'
      ];
    await until(async () => (await problem()) !== undefined);
    expect(await problem()).toContain(CATALOG_PATH);
    expect(await catalog.count('database')).toBe(2);
    expect(catalog.logged.join('\n')).toContain('stay as they were');

    files[CATALOG_PATH] = good;
    await catalog.publish(push);
    await until(async () => (await problem()) === undefined);
  });

  it('a database that leaves the file leaves the catalog', async () => {
    Object.assign(
      files,
      infraRepoOf({ dev: { users_db: entryOf('dev', 'users_db') } }),
    );
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === 1);
    expect(await catalog.entity('rds-dev-orders_db')).toMatchObject({
      error: { name: 'NotFoundError' },
    });
  });

  it(`takes ${NUMBER} databases, and a second read changes none`, async () => {
    Object.assign(files, infraRepoOf({ dev: many }));
    await catalog.refresh();
    await until(async () => (await catalog.count('database')) === NUMBER);
    const before = await catalog.entity('rds-dev-db_99');
    await catalog.refresh();
    await catalog.refresh();
    expect(await catalog.entity('rds-dev-db_99')).toEqual(before);
    expect(await catalog.count('database')).toBe(NUMBER);
  });
});
