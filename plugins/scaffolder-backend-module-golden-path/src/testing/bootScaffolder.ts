import { readFileSync } from 'node:fs';
import { createBackend } from '@backstage/backend-defaults';
import {
  BackendFeature,
  coreServices,
  createServiceFactory,
  RootLoggerService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { Entity } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import authPlugin from '@backstage/plugin-auth-backend';
import guestProvider from '@backstage/plugin-auth-backend-module-guest-provider';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { JsonObject } from '@backstage/types';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { createLoopbackServices } from '../../../../tests/support/loopbackServices';
import { Knex } from 'knex';
import { parse } from 'yaml';
import type { TaskEvent } from '../../../../tests/support/backstage';
import { scaffolderModuleGoldenPath } from '../module';
import { quietLogger } from './quietLogger';
import { newSqlite } from './sqlite';
import { LONG_IDLE } from '../../../../tests/support/longIdle';

const templateEntity = (
  name: string,
  edit: (text: string) => string,
): Entity => {
  const file = resolvePackagePath(
    '@goldenpath/plugin-scaffolder-backend-module-golden-path',
    `../../templates/${name}/template.yaml`,
  );
  const template = parse(edit(readFileSync(file, 'utf8'))) as Entity;
  template.metadata.namespace = 'default';
  template.metadata.annotations = {
    'backstage.io/managed-by-location': `file:${file}`,
  };
  return template;
};

const entity = (kind: string, name: string, spec: JsonObject): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'default' },
  spec,
});

/** Of another service. */
const SERVICE_TOKEN = 'token-of-a-service';

/** An app that the catalog has. */
const existingApp = (page: string): Entity => {
  const app = entity('Component', 'known-app', { type: 'service' });
  app.metadata.annotations = {
    'backstage.io/managed-by-location': `url:${page}/blob/main/catalog-info.yaml`,
  };
  return {
    ...app,
    relations: [{ type: 'ownedBy', targetRef: 'group:default/platform-team' }],
  };
};

/** A scaffolder with the golden path's module and a template, GitHub at the HTTP seam, and a catalog in memory. */
export const bootScaffolder = async (
  github: { host: string; integration: JsonObject },
  config: JsonObject = {},
  template = 'backend-app-rds',
  /** What a platform team has changed in its copy of the template. */
  editTemplate: (text: string) => string = text => text,
  logger: RootLoggerService = quietLogger(),
  /** Services that replace the module's own, such as its clock. */
  services: BackendFeature[] = [],
) => {
  const catalog = new InMemoryCatalogClient({
    entities: [
      entity('Group', 'platform-team', { type: 'team', children: [] }),
      entity('Group', 'checkout-team', { type: 'team', children: [] }),
      // Whom the guest provider signs in.
      {
        ...entity('User', 'mock', { memberOf: ['platform-team'] }),
        relations: [
          { type: 'memberOf', targetRef: 'group:default/platform-team' },
        ],
      },
      existingApp(`http://${github.host}/acme/known-app`),
      templateEntity(template, editTemplate),
    ],
  });
  // The mock keeps no locations: ours gives out the app's entity as the catalog would.
  catalog.addLocation = async ({ target }) => ({
    location: {
      id: '1',
      type: 'url',
      target,
      entityRef: 'location:default/app',
    },
    entities: [entity('Component', new URL(target).pathname.split('/')[2], {})],
  });

  const databases = new Map<string, Knex>();
  const { origin, features } = createLoopbackServices(logger);

  const backend = createBackend();
  backend.add(authPlugin);
  backend.add(guestProvider);
  backend.add(scaffolderPlugin);
  backend.add(scaffolderModuleGoldenPath);
  for (const service of services) backend.add(service);
  backend.add(
    createServiceFactory({
      service: catalogServiceRef,
      deps: {},
      factory: () => catalog,
    }),
  );
  backend.add(
    createServiceFactory({
      service: coreServices.database,
      deps: { plugin: coreServices.pluginMetadata },
      factory: ({ plugin }) => {
        const client = newSqlite();
        databases.set(plugin.getId(), client);
        return { getClient: async () => client };
      },
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
          auth: {
            providers: {
              guest: {
                userEntityRef: 'user:default/mock',
                dangerouslyAllowOutsideDevelopment: true,
              },
            },
          },
          backend: {
            baseUrl: 'http://localhost:0',
            listen: '127.0.0.1:0',
            server: LONG_IDLE,
            auth: {
              externalAccess: [
                {
                  type: 'static',
                  options: { token: SERVICE_TOKEN, subject: 'golden-path' },
                },
              ],
            },
          },
          integrations: { github: [github.integration] },
          goldenPath: {
            infraRepo: {
              repoUrl: `${github.host}?owner=acme&repo=platform-infra`,
            },
            await: { pollInterval: { milliseconds: 20 } },
          },
          ...config,
        }),
    }),
  );
  await backend.start();
  const signIn = await fetch(`${origin()}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = (await signIn.json()) as {
    backstageIdentity: { token: string };
  };
  const url = `${origin()}/api/scaffolder`;
  const json = async (
    path: string,
    body?: unknown,
    token = backstageIdentity.token,
  ) => {
    const answer = await fetch(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };

  const events = async (id: string): Promise<TaskEvent[]> =>
    (await json(`/v2/tasks/${id}/events`)).body;
  const finished = async (id: string) => {
    for (;;) {
      const { body: task } = await json(`/v2/tasks/${id}`);
      if (!['open', 'processing'].includes(task.status)) {
        return { status: task.status as string, events: await events(id) };
      }
      await new Promise(done => setTimeout(done, 50));
    }
  };
  return {
    /** The ids of all actions that the scaffolder has. */
    actionIds: async () =>
      (await json('/v2/actions')).body.map((one: { id: string }) => one.id),
    /** Sends the form. */
    createTask: (values: JsonObject, secrets?: Record<string, string>) =>
      json('/v2/tasks', {
        templateRef: `template:default/${template}`,
        values,
        secrets,
      }),
    /** Runs the template as the template editor does. */
    dryRun: (values: JsonObject, secrets?: Record<string, string>) =>
      json('/v2/dry-run', {
        template: templateEntity(template, editTemplate),
        values,
        secrets,
        directoryContents: [],
      }),
    /** The claims that changed since then, as the guest or as another service asks. */
    claims: (since: string, by: 'guest' | 'service') =>
      json(
        `/golden-path/claims?since=${since}`,
        undefined,
        by === 'service' ? SERVICE_TOKEN : undefined,
      ),
    /** The scaffolder's database. */
    database: databases.get('scaffolder')!,
    retry: (id: string) => json(`/v2/tasks/${id}/retry`, {}),
    cancel: (id: string) => json(`/v2/tasks/${id}/cancel`, {}),
    /** Everything that the task has said so far. */
    said: async (id: string) =>
      textOf((await json(`/v2/tasks/${id}/events`)).body as TaskEvent[]),
    task: async (id: string) => (await json(`/v2/tasks/${id}`)).body,
    events,
    finished,
    stop: () => backend.stop(),
  };
};

/** The last status of every step that the task came to. */
export const stepStatuses = (events: TaskEvent[]): Record<string, string> =>
  Object.fromEntries(
    events.flatMap(({ body }) =>
      body.stepId && body.status ? [[body.stepId, body.status]] : [],
    ),
  );

/** Everything that the task said. */
export const textOf = (events: TaskEvent[]) =>
  events.map(event => event.body.message).join('\n');
