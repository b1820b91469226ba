import {
  BackstageCredentials,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { DatabaseAccess } from '../permissions/access';
import { DatabaseStore } from '../ports';
import { CheckNames } from '../requests/checkNames';
import { PlanRequest } from '../requests/planRequest';
import { requesterName } from '../requests/requesterName';
import { createOpenApiRouter } from '../schema/openapi';
import { Audited } from './audited';

const DEFAULT_LIMIT = 100;

/** The routes that openapi.yaml describes. */
export const createRouter = async (deps: {
  httpAuth: HttpAuthService;
  audited: Audited;
  access: DatabaseAccess;
  store: DatabaseStore;
  checkNames: CheckNames;
  planRequest: PlanRequest;
}) => {
  const { access, audited, store } = deps;
  const router = await createOpenApiRouter();
  const authenticate = (
    req: Parameters<HttpAuthService['credentials']>[0],
  ): Promise<BackstageCredentials> =>
    deps.httpAuth.credentials(req, { allow: ['user', 'service'] });

  router.get('/databases', async (req, res) => {
    const { owner, limit, ...filter } = req.query;
    const page = await audited(
      {
        eventId: 'database-fetch',
        request: req,
        meta: { queryType: 'list', query: req.query },
      },
      async () => {
        const visible = await access.findVisible(await authenticate(req));
        if (visible.kind === 'none') return { items: [], total: 0 };
        return store.list({
          ...filter,
          owners: owner === undefined ? undefined : [owner],
          limit: Number(limit ?? DEFAULT_LIMIT),
          visible: visible.kind === 'some' ? visible.criteria : undefined,
        });
      },
    );
    res.json(page);
  });

  router.get('/databases/:environment/:databaseName', async (req, res) => {
    const { environment, databaseName } = req.params;
    const status = await audited(
      {
        eventId: 'database-fetch',
        request: req,
        meta: { queryType: 'by-name', environment, databaseName },
      },
      async () => {
        const credentials = await authenticate(req);
        const found = await store.get({ environment, databaseName });
        const [seen] = await access.keepVisible(
          found ? [found] : [],
          credentials,
        );
        if (seen) return seen;
        throw new NotFoundError(
          `There is no database ${JSON.stringify(
            databaseName,
          )} in ${JSON.stringify(
            environment,
          )}, or you may not see it. Check both names, or ask its owner.`,
        );
      },
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
      async () => {
        const credentials = await authenticate(req);
        await access.assertMayRequest(credentials);
        return deps.planRequest(req.body, {
          credentials,
          requestedBy: requesterName(credentials),
        });
      },
    );
    res.json(plan);
  });

  return router;
};
