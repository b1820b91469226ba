import { AddressInfo } from 'node:net';
import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import {
  AuditorServiceCreateEventOptions,
  BackstageCredentials,
  LoggerService,
  PermissionsRegistryService,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { AuthenticationError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import {
  AuthorizeResult,
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { createOctokit } from '@goldenpath/plugin-golden-path-node';
import { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import express from 'express';
import { createCompanyCatalog } from '../../../scaffolder-backend-module-golden-path/src/testing/companyCatalog';
import { newSqlite } from '../../../scaffolder-backend-module-golden-path/src/testing/sqlite';
import { FakeGitHub } from '../../../scaffolder-backend-module-golden-path/src/testing/fakeGitHub';
import { emptyInfraFiles } from '../../../scaffolder-backend-module-golden-path/src/testing/infraFiles';
import { tryStatusConfig } from '../config';
import { databaseRules } from '../permissions/rules';
import { readRoutesConfig } from '../routesConfig';
import { createStore } from '../store';
import { wireRoutes } from '../wireRoutes';

/** Decides as a permission policy does. Default: everything is allowed, as without permissions. */
export type Policy = (
  permission: Permission,
  userRef: string,
) => PolicyDecision;

const ALLOW_ALL: Policy = () => ({ result: AuthorizeResult.ALLOW });

const userOf = ({ principal }: BackstageCredentials): string =>
  (principal as { userEntityRef: string }).userEntityRef;

/** On a busy machine an answer that comes is an answer. */
export const PATIENT_MS = 600_000;

/** The routes on a store with these databases, a fake GitHub and a catalog with these entities, of platform-team
 * and from repositories of their own; callers are named by a header. */
export const serveRoutes = async (
  databases: DatabaseStatus[],
  { entities = [] as string[], settings = {} as object } = {},
) => {
  const github = new FakeGitHub();
  await github.start();
  for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
  const knex = newSqlite();
  const store = await createStore({ getClient: async () => knex });
  const put = async (status: DatabaseStatus) => {
    await store.change(
      status,
      () => ({ evidence: {}, status, transitions: [], newsSince: 0 }),
      Date.parse(status.seenAt),
    );
  };
  for (const status of databases) await put(status);

  const root = new ConfigReader({
    backend: {},
    integrations: { github: [github.integration] },
    goldenPath: {
      infraRepo: { repoUrl: `${github.host}?owner=acme&repo=platform-infra` },
      ...settings,
    },
  });
  const config = tryStatusConfig(root, ScmIntegrations.fromConfig(root));
  if (config instanceof Error) throw config;
  const state = { policy: ALLOW_ALL, now: 0, answerWithinMs: PATIENT_MS };
  const audit: Array<
    Pick<AuditorServiceCreateEventOptions, 'eventId' | 'meta'> & {
      outcome?: string;
    }
  > = [];
  const logged: string[] = [];
  const log = (message: string, meta?: unknown) => {
    logged.push(`${message} ${meta}`);
  };
  const logger: LoggerService = {
    error: log,
    warn: log,
    info: log,
    debug: log,
    child: () => logger,
  };
  const catalog = createCompanyCatalog();
  const rules = Object.fromEntries(
    Object.values(databaseRules).map(rule => [rule.name, rule]),
  );
  const registered: Array<{
    permissions?: unknown[];
    getResources?(ids: string[]): Promise<unknown[]>;
  }> = [];
  const permissionsRegistry = {
    addResourceType: (type: (typeof registered)[number]) =>
      void registered.push(type),
    getPermissionRuleset: () => ({
      getRuleByName: (name: string) => {
        if (name in rules) return rules[name];
        throw new Error(`Unexpected permission rule '${name}'`);
      },
    }),
  } as unknown as PermissionsRegistryService;

  const wired = await wireRoutes({
    config: readRoutesConfig(root, config),
    store,
    logger,
    permissionsRegistry,
    now: () => state.now,
    answerWithinMs: () => state.answerWithinMs,
    createOctokitFor: waits => async () =>
      createOctokit({
        apiUrl: github.integration.apiBaseUrl,
        token: github.integration.token,
        ...waits,
      }),
    auditor: {
      createEvent: async ({ eventId, meta }) => {
        const event: (typeof audit)[number] = { eventId, meta };
        audit.push(event);
        return {
          success: async () => {
            event.outcome = 'success';
          },
          fail: async ({ error }) => {
            event.outcome = `fail: ${error.message}`;
          },
        };
      },
    },
    auth: {
      getOwnServiceCredentials: async () => ({
        $$type: '@backstage/BackstageCredentials',
        principal: { type: 'service', subject: 'plugin:golden-path' },
      }),
    },
    catalog: Object.assign(catalog, {
      getEntityByRef: async (ref: unknown) =>
        entities.includes(String(ref))
          ? {
              metadata: {
                annotations: {
                  'backstage.io/managed-by-location': `url:http://${
                    github.host
                  }/acme/${String(ref).split('/')[1]}/blob/main/x.yaml`,
                },
              },
              relations: [
                { type: 'ownedBy', targetRef: 'group:default/platform-team' },
              ],
            }
          : undefined,
    }) as unknown as CatalogService,
    httpAuth: {
      credentials: async req => {
        const user = req.headers.authorization;
        if (!user) throw new AuthenticationError('Missing credentials');
        const credentials: BackstageCredentials<any> = {
          $$type: '@backstage/BackstageCredentials',
          principal: { type: 'user', userEntityRef: `user:default/${user}` },
        };
        return credentials;
      },
      issueUserCookie: async () => ({ expiresAt: new Date() }),
    },
    permissions: {
      authorize: async (requests, options) =>
        requests.map(({ permission }) => {
          const { result } = state.policy(
            permission,
            userOf(options!.credentials),
          );
          return {
            result:
              result === AuthorizeResult.ALLOW
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          };
        }),
      authorizeConditional: async (requests, options) =>
        requests.map(({ permission }) =>
          state.policy(permission, userOf(options!.credentials)),
        ),
    },
  });

  const app = express();
  app.use('/api/golden-path', wired.router);
  app.use(MiddlewareFactory.create({ config: root, logger }).error());
  const server = app.listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/golden-path`;

  return {
    ...wired,
    url,
    audit,
    github,
    knex,
    logged,
    put,
    registered,
    state,
    ask: async (
      path: string,
      { user = 'jane', body = undefined as unknown } = {},
    ) => {
      const answer = await fetch(`${url}${path}`, {
        ...(body !== undefined && {
          method: 'POST',
          body: JSON.stringify(body),
        }),
        headers: {
          'content-type': 'application/json',
          ...(user && { authorization: user }),
        },
      });
      const text = await answer.text();
      return { status: answer.status, text, body: JSON.parse(text) };
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
      await github.stop();
      await knex.destroy();
    },
  };
};
export type ServedRoutes = Awaited<ReturnType<typeof serveRoutes>>;
