import {
  BackstageCredentials,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { Router } from 'express';
import { DatabaseAccess } from '../permissions/access';
import { VisibleDatabases } from '../permissions/visibleDatabases';
import { CheckNames } from '../requests/checkNames';
import { PlanRequest } from '../requests/planRequest';
import { createOpenApiRouter } from '../schema/openapi';
import { Audited } from './audited';

/** The routes that openapi.yaml describes. */
export const createRouter = async (deps: {
  httpAuth: HttpAuthService;
  audited: Audited;
  access: Pick<DatabaseAccess, 'assertMayRequest'>;
  databases: VisibleDatabases;
  checkNames: CheckNames;
  planRequest: PlanRequest;
}): Promise<Router> => {
  const { access, audited, databases } = deps;
  const router = await createOpenApiRouter();
  const authenticate = (
    req: Parameters<HttpAuthService['credentials']>[0],
  ): Promise<BackstageCredentials> =>
    deps.httpAuth.credentials(req, { allow: ['user', 'service'] });

  router.get('/databases', async (req, res) => {
    const { limit, ...filter } = req.query;
    const page = await audited(
      {
        eventId: 'database-fetch',
        request: req,
        meta: { queryType: 'list', query: req.query },
      },
      async () =>
        databases.list(
          { ...filter, limit: Number(limit) },
          await authenticate(req),
        ),
    );
    res.json(page);
  });

  router.get('/databases/:environment/:databaseName', async (req, res) => {
    const { environment, databaseName } = req.params;
    const key = { environment, databaseName };
    const status = await audited(
      {
        eventId: 'database-fetch',
        request: req,
        meta: { queryType: 'by-name', ...key },
      },
      async () => databases.get(key, await authenticate(req)),
    );
    res.json(status);
  });

  router.get('/names', async (req, res) => {
    const names = await audited(
      { eventId: 'name-check', request: req, meta: { query: req.query } },
      async () => {
        const credentials = await authenticate(req);
        await access.assertMayRequest(credentials);
        return deps.checkNames(req.query, credentials);
      },
    );
    res.json({ names });
  });

  router.post('/plans', async (req, res) => {
    const { environment, databaseName, component_id, owner } = req.body;
    const plan = await audited(
      {
        eventId: 'request-plan',
        request: req,
        meta: { environment, databaseName, component_id, owner },
      },
      async () => deps.planRequest(req.body, await authenticate(req)),
    );
    res.json(plan);
  });

  return router;
};
