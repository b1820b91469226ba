import { readFileSync } from 'node:fs';
import {
  createServiceFactory,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { JsonObject } from '@backstage/types';
import scaffolderPlugin from '@backstage/plugin-scaffolder-backend';
import { parse } from 'yaml';
import { scaffolderModuleGoldenPath } from '../module';
import { FakeGitHub } from './fakeGitHub';

const templateEntity = (name: string): Entity => {
  const file = resolvePackagePath(
    '@goldenpath/plugin-scaffolder-backend-module-golden-path',
    `../../templates/${name}/template.yaml`,
  );
  const template = parse(readFileSync(file, 'utf8')) as Entity;
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

export interface TaskEvent {
  type: string;
  body: {
    message: string;
    stepId?: string;
    status?: string;
    output?: {
      links?: Array<{ title: string; url?: string; entityRef?: string }>;
      text?: Array<{ title: string; content: string }>;
    };
  };
}

/** A scaffolder with the golden path's module and a template, GitHub at the HTTP seam, and a catalog in memory. */
export const bootScaffolder = async (
  github: Pick<FakeGitHub, 'host' | 'integration'>,
  config: JsonObject = {},
  template = 'backend-app-rds',
) => {
  const catalog = catalogServiceMock({
    entities: [
      entity('Group', 'platform-team', { type: 'team', children: [] }),
      // Whom startTestBackend takes a request without credentials for.
      {
        ...entity('User', 'mock', { memberOf: ['platform-team'] }),
        relations: [
          { type: 'memberOf', targetRef: 'group:default/platform-team' },
        ],
      },
      templateEntity(template),
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

  const backend = await startTestBackend({
    features: [
      scaffolderPlugin,
      scaffolderModuleGoldenPath,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => catalog,
      }),
      mockServices.rootConfig.factory({
        data: {
          app: { baseUrl: 'http://localhost:3000' },
          backend: { baseUrl: 'http://localhost:0' },
          integrations: { github: [github.integration] },
          goldenPath: {
            infraRepo: {
              repoUrl: `${github.host}?owner=acme&repo=platform-infra`,
            },
            await: { pollInterval: { milliseconds: 20 } },
          },
          ...config,
        },
      }),
    ],
  });
  const url = `http://localhost:${backend.server.port()}/api/scaffolder`;
  const json = async (path: string, body?: unknown) => {
    const answer = await fetch(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: (await answer.json()) as any };
  };

  const finished = async (id: string) => {
    for (;;) {
      const { body: task } = await json(`/v2/tasks/${id}`);
      if (!['open', 'processing'].includes(task.status)) {
        const { body: events } = await json(`/v2/tasks/${id}/events`);
        return { status: task.status as string, events: events as TaskEvent[] };
      }
      await new Promise(done => setTimeout(done, 50));
    }
  };
  return {
    /** The ids of all actions that the scaffolder has. */
    actionIds: async () =>
      (await json('/v2/actions')).body.map((one: { id: string }) => one.id),
    /** Sends the form. */
    createTask: (values: JsonObject) =>
      json('/v2/tasks', {
        templateRef: `template:default/${template}`,
        values,
      }),
    retry: (id: string) => json(`/v2/tasks/${id}/retry`, {}),
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
