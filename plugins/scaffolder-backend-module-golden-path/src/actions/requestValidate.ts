import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  branchName,
  entityRef,
  kubernetesSecretName,
  requestId,
  RequestKey,
  runName,
  secretName,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { stopWhenCancelled } from '../cancellation';
import { checkAppRepo } from '../checks/appRepoFree';
import { checkRequest } from '../checks/checkRequest';
import { checkInfraRepo } from '../checks/infraRepoReady';
import { CheckOwner } from '../checks/mayOwn';
import { checkNotDeclared } from '../checks/notDeclaredYet';
import { checkClaims } from '../checks/requestUnclaimed';
import { Claim, Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHub, GitHubFor } from '../github';
import { PlanRequest } from '../planRequest';
import { listPullRequests } from '../pullRequestOfTask';
import { readRequester } from '../requester';
import { appRepo, claimKey, TOKEN_INPUT } from '../requestInput';
import { examples } from './requestValidate.examples';

export interface RequestValidateDeps {
  config: GoldenPathConfig;
  claims: Claims;
  githubFor: GitHubFor;
  checkOwner: CheckOwner;
  planRequest: PlanRequest['plan'];
  /** Undefined when unknown. */
  isTaskOver(taskId: string): Promise<boolean | undefined>;
}

/** Checks every rule of a request before the first change, then claims it for the task. */
export const createRequestValidateAction = (deps: RequestValidateDeps) =>
  createTemplateAction({
    id: 'goldenpath:request:validate',
    description:
      'Checks every rule of a database request, including catalog, GitHub and infra repo, and claims it for this task',
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
        token: z => z.string().describe(TOKEN_INPUT).optional(),
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
          z.record(z.string()).describe('Inputs of the workflow'),
      },
    },
    async handler(ctx) {
      const { config, claims } = deps;
      const github = deps.githubFor(ctx);
      const requester = await readRequester(ctx);
      const { token: _, ...fields } = ctx.input;
      const input = { ...fields, requestedBy: requester.name };
      const credentials = await ctx.getInitiatorCredentials();
      const stale: Claim[] = [];

      const request = await checkRequest(input, config, {
        infraRepo: () =>
          checkInfraRepo(config.infraRepo, {
            repository: github.repositories.get,
            isWorkflowEnabled: github.workflowRuns.isEnabled,
          }),
        owner: owner => deps.checkOwner({ owner, requester }, credentials),
        app: async componentId => {
          const { host, owner, repo } = appRepo(
            { component_id: componentId },
            config,
          );
          const around = await claims.around({
            requestId: '',
            repo: `${host}/${owner}/${repo}`.toLocaleLowerCase('en'),
          });
          return checkAppRepo({ owner, repo }, around, ctx.task.id, {
            repository: github.repositories.get,
          });
        },
        whole: [
          one =>
            checkNotDeclared(one, {
              plan: () => deps.planRequest(one, github.infraFiles),
            }),
          async one => {
            const key = claimKey(one, config, ctx.task.id);
            const checked = await checkClaims(key, await claims.around(key), {
              factsOf: claim => claimFacts(claim, deps, github),
              openPullRequest: async () =>
                (
                  await listPullRequests(
                    one,
                    config.infraRepo,
                    github.pullRequests,
                  )
                ).find(pull => pull.isOpen),
            });
            stale.push(...checked.stale);
            return checked.problems;
          },
        ],
      });

      stopWhenCancelled(ctx);
      if (!ctx.isDryRun) {
        for (const claim of stale) {
          ctx.logger.info(`Freed the stale claim of task ${claim.taskId}.`);
          await claims.free(claim);
        }
        await claims.take(claimKey(request, config, ctx.task.id));
      }
      ctx.logger.info(
        `Request ${requestId(request)} by ${request.requestedBy} is valid${
          ctx.isDryRun ? '' : ' and claimed'
        }.`,
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

/** Reads the facts about another task's claim. The request id names environment and database. */
const claimFacts = async (
  claim: Claim,
  deps: RequestValidateDeps,
  github: GitHub,
) => {
  const { config } = deps;
  const infra = { owner: config.infraRepo.owner, repo: config.infraRepo.repo };
  const key = parseRequestId(claim.requestId);
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
  const pulls = await listPullRequests(key, infra, github.pullRequests);
  return {
    taskId: claim.taskId,
    isTaskOver: await deps.isTaskOver(claim.taskId),
    run,
    pullRequest: pulls.find(pull => pull.taskId === claim.taskId),
  };
};

/** Database names have no hyphen, so the last one is the separator. */
const parseRequestId = (id: string): RequestKey => {
  const at = id.lastIndexOf('-');
  return { environment: id.slice(0, at), databaseName: id.slice(at + 1) };
};
