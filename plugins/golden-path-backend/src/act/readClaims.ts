import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import { webUrlSchema } from '@goldenpath/plugin-golden-path-common';
import { z } from 'zod';
import type { ClaimSeen, Reading } from '../decide/evidence';

const time = z.string().datetime();
const text = z.string().max(512);
const claimSchema = z.object({
  requestId: text,
  taskId: text,
  state: z.enum(['held', 'freed', 'done', 'taken_over']),
  createdAt: time,
  updatedAt: time,
  runId: z.number().int().optional(),
  // A claim counts without a link that is none.
  pullRequestUrl: webUrlSchema.optional().catch(undefined),
  request: z
    .object({
      environment: text,
      databaseName: text,
      owner: text,
      component_id: text,
      username: text,
      requestedBy: text,
      domain: text.optional(),
      risk: text.optional(),
      size: text.optional(),
    })
    .optional(),
});
const answerSchema = z.object({ claims: z.array(claimSchema) });

/** Claims in one answer of the scaffolder's module. */
const PAGE = 1000;

/**
 * Reads the claims that changed since a time, in ms since 1970, by request id, from the scaffolder, which may be another process.
 * @returns undefined when its module is missing, or older than this route
 */
export const createReadClaims =
  ({
    auth,
    discovery,
  }: {
    auth: Pick<
      AuthService,
      'getOwnServiceCredentials' | 'getPluginRequestToken'
    >;
    discovery: Pick<DiscoveryService, 'getBaseUrl'>;
  }) =>
  async (
    since: number,
  ): Promise<ReadonlyMap<string, Reading<ClaimSeen>> | undefined> => {
    const found = new Map<string, Reading<ClaimSeen>>();
    const baseUrl = await discovery.getBaseUrl('scaffolder');
    for (let from = since; ; ) {
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'scaffolder',
      });
      const answer = await fetch(
        `${baseUrl}/golden-path/claims?since=${encodeURIComponent(
          new Date(from).toISOString(),
        )}`,
        {
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(30_000),
        },
      );
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw await ResponseError.fromResponse(answer);
      const { claims } = answerSchema.parse(await answer.json());
      for (const { request, ...claim } of claims) {
        // The task that took it over has a claim of its own.
        if (!request || claim.state === 'taken_over') continue;
        const readAt = Date.parse(claim.updatedAt);
        if ((found.get(claim.requestId)?.readAt ?? 0) > readAt) continue;
        found.set(claim.requestId, {
          readAt,
          value: {
            taskId: claim.taskId,
            state: claim.state,
            createdAt: claim.createdAt,
            runId: claim.runId,
            pullRequestUrl: claim.pullRequestUrl,
            owner: request.owner,
            component: request.component_id,
            username: request.username,
            requestedBy: request.requestedBy,
            domain: request.domain,
            risk: request.risk,
            size: request.size,
          },
        });
      }
      const last = claims.at(-1);
      const next = last ? Date.parse(last.updatedAt) : from;
      if (claims.length < PAGE || next <= from) return found;
      from = next;
    }
  };
