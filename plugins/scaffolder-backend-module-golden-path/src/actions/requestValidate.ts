import { parseEntityRef } from '@backstage/catalog-model';
import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  branchName,
  DatabaseRequest,
  entityRef,
  kubernetesSecretName,
  requestId,
  RequestKey,
  runName,
  secretName,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { stopWhenCancelled } from '../cancellation';
import { appRepoFree } from '../checks/appRepoFree';
import { checkRequest } from '../checks/checkRequest';
import { infraRepoReady } from '../checks/infraRepoReady';
import { notDeclaredYet } from '../checks/notDeclaredYet';
import { ownerExists } from '../checks/ownerExists';
import { requestUnclaimed } from '../checks/requestUnclaimed';
import { Claim, Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHub } from '../github';
import { pullRequestsOf } from '../pullRequestOfTask';
import { appRepo, claimKey } from '../requestInput';
import { examples } from './requestValidate.examples';

export interface RequestValidateDeps {
  config: GoldenPathConfig;
  claims: Claims;
  github: GitHub;
  groupExists(ref: string, credentials: BackstageCredentials): Promise<boolean>;
  /** What the request would change in the infra repo's files. */
  planInfraRequest(request: DatabaseRequest): Promise<{ changes: unknown[] }>;
  /** Undefined where that can't be told. */
  isTaskOver(taskId: string): Promise<boolean | undefined>;
}

/** Checks every rule of a request before anything is changed anywhere, then claims it for the task. */
export const createRequestValidateAction = (deps: RequestValidateDeps) =>
  createTemplateAction({
    id: 'goldenpath:request:validate',
    description:
      'Checks every rule of a database request at once, asking the catalog, GitHub and the infra repo too, and claims it for this task',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        component_id: z =>
          z.string().describe('Name of the app and its repository').optional(),
        databaseName: z =>
          z.string().describe('Name of the database').optional(),
        username: z =>
          z.string().describe('Name of the PostgreSQL role').optional(),
        owner: z =>
          z
            .string()
            .describe('Group that owns both, as an entity reference or a name')
            .optional(),
        environment: z =>
          z.string().describe('One of goldenPath.environments').optional(),
        description: z => z.string().describe('One line').optional(),
        size: z => z.string().describe('Default: small').optional(),
        risk: z => z.string().describe('Default: medium').optional(),
        domain: z => z.string().describe('Default: delivery').optional(),
      },
      output: {
        request: z =>
          z
            .record(z.any())
            .describe('The request with its defaults, for the other actions'),
        requestId: z => z.string(),
        branch: z => z.string().describe('Branch of the pull request'),
        secretName: z => z.string().describe('In AWS Secrets Manager'),
        kubernetesSecretName: z => z.string(),
        databaseEntityRef: z =>
          z.string().describe('Catalog entity of the database'),
        workflowInputs: z =>
          z.record(z.string()).describe('What the workflow will be sent'),
      },
    },
    async handler(ctx) {
      const { config, claims, github } = deps;
      const input = {
        ...ctx.input,
        requestedBy: ctx.user?.ref && parseEntityRef(ctx.user.ref).name,
      };
      const credentials = await ctx.getInitiatorCredentials();
      const stale: Claim[] = [];

      const request = await checkRequest(input, config, {
        infraRepo: () =>
          infraRepoReady(config.infraRepo, {
            repository: github.repositories.get,
            isWorkflowEnabled: github.workflowRuns.isEnabled,
          }),
        owner: owner =>
          ownerExists(owner, {
            groupExists: ref => deps.groupExists(ref, credentials),
          }),
        app: async componentId => {
          const { host, owner, repo } = appRepo(
            { component_id: componentId },
            config,
          );
          const around = await claims.around({
            requestId: '',
            repo: `${host}/${owner}/${repo}`.toLocaleLowerCase('en'),
          });
          return appRepoFree({ owner, repo }, around, ctx.task.id, {
            repository: github.repositories.get,
          });
        },
        whole: [
          one => notDeclaredYet(one, { plan: deps.planInfraRequest }),
          async one => {
            const key = claimKey(one, config, ctx.task.id);
            const checked = await requestUnclaimed(
              key,
              await claims.around(key),
              {
                factsOf: claim => claimFacts(claim, deps),
                openPullRequest: async () =>
                  (
                    await pullRequestsOf(
                      one,
                      config.infraRepo,
                      github.pullRequests,
                    )
                  ).find(pull => pull.isOpen),
              },
            );
            stale.push(...checked.stale);
            return checked.problems;
          },
        ],
      });

      stopWhenCancelled(ctx);
      if (!ctx.isDryRun) {
        for (const claim of stale) {
          ctx.logger.info(
            `The claim of task ${claim.taskId} stands in nobody's way any more and is freed.`,
          );
          await claims.free(claim);
        }
        await claims.take(claimKey(request, config, ctx.task.id));
      }
      ctx.logger.info(
        `Request ${requestId(request)} by ${
          request.requestedBy
        } keeps every rule${ctx.isDryRun ? '' : ' and is claimed'}.`,
      );

      ctx.output('request', request);
      ctx.output('requestId', requestId(request));
      ctx.output('branch', branchName(request));
      ctx.output(
        'secretName',
        secretName(
          request.environment,
          request.databaseName,
          config.secretPrefix,
        ),
      );
      ctx.output(
        'kubernetesSecretName',
        kubernetesSecretName(request.component_id),
      );
      ctx.output('databaseEntityRef', entityRef(request));
      ctx.output('workflowInputs', {
        ...workflowInputs(request, {
          taskId: ctx.task.id,
          baseBranch: config.infraRepo.baseBranch,
        }),
      });
    },
  });

/** What is known of a claim that another task holds. The request id of a claim names environment and database. */
const claimFacts = async (claim: Claim, deps: RequestValidateDeps) => {
  const { config, github } = deps;
  const infra = { owner: config.infraRepo.owner, repo: config.infraRepo.repo };
  const key = requestKeyOf(claim.requestId);
  const run =
    claim.runId === undefined
      ? (
          await github.workflowRuns.findByTitle(
            infra,
            config.infraRepo.workflow,
            runName(key, claim.taskId),
          )
        )[0]
      : await github.workflowRuns.get(infra, claim.runId);
  const pulls = await pullRequestsOf(key, infra, github.pullRequests);
  return {
    taskId: claim.taskId,
    isTaskOver: await deps.isTaskOver(claim.taskId),
    run,
    pullRequest: pulls.find(pull => pull.taskId === claim.taskId),
  };
};

/** Database names hold no hyphen, so the last one parts the two. */
const requestKeyOf = (id: string): RequestKey => {
  const at = id.lastIndexOf('-');
  return { environment: id.slice(0, at), databaseName: id.slice(at + 1) };
};
