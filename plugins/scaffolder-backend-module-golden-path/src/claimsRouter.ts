import { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { isDatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import { Router } from 'express';
import createRouter from 'express-promise-router';
import { ChangedClaim, Claims } from './claims';

/** Claims in one answer. */
const LIMIT = 1000;

/**
 * `GET /api/scaffolder/golden-path/claims?since=<ISO 8601>` for other plugins: the claims that changed since then, the oldest change
 * first, at most a thousand.
 */
export const createClaimsRouter = (
  claims: Pick<Claims, 'listChanged'>,
  { httpAuth }: { httpAuth: HttpAuthService },
): Router => {
  const router = createRouter();
  router.get('/golden-path/claims', async (request, response) => {
    await httpAuth.credentials(request, { allow: ['service'] });
    const { since } = request.query;
    const ms = typeof since === 'string' ? Date.parse(since) : NaN;
    if (Number.isNaN(ms))
      throw new InputError(
        `since=${JSON.stringify(
          since,
        )}: use a time such as 2026-11-24T10:00:00Z.`,
      );
    const found = await claims.listChanged(new Date(ms), LIMIT);
    response.json({ claims: found.map(toJson) });
  });
  return router;
};

/** What a status shows: not the description, which is the form filler's own text. */
const toJson = (claim: ChangedClaim) => {
  const { request } = claim;
  return {
    requestId: claim.requestId,
    taskId: claim.taskId,
    state: claim.state,
    createdAt: claim.createdAt.toISOString(),
    updatedAt: claim.updatedAt.toISOString(),
    runId: claim.runId,
    pullRequestUrl: claim.pullRequestUrl,
    request:
      request && isDatabaseRequest(request)
        ? {
            environment: request.environment,
            databaseName: request.databaseName,
            owner: request.owner,
            component_id: request.component_id,
            username: request.username,
            requestedBy: request.requestedBy,
            domain: request.domain,
            risk: request.risk,
            size: request.size,
          }
        : undefined,
  };
};
