import { DEFAULT_NAMESPACE } from '@backstage/catalog-model';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  branchName,
  DatabaseRequest,
  entityRef,
  formatOwnerRef,
  formPath,
  isDatabaseRequest,
  kubernetesSecretName,
  nextEnvironment,
  parseRequest,
  promotionFormData,
  requestId,
  RequestKey,
  secretName,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { stopWhenCancelled } from '../cancellation';
import {
  createAppQuestions,
  createExistingAppQuestions,
  pageOf,
} from '../checks/appQuestions';
import { checkRequest } from '../checks/checkRequest';
import { CheckEntityNames } from '../checks/entityNameFree';
import { checkInfraRepo } from '../checks/infraRepoReady';
import { CheckExistingApp } from '../checks/existingApp';
import { CheckOwner } from '../checks/mayOwn';
import { checkNotDeclared } from '../checks/notDeclaredYet';
import { checkRequestClaims } from '../claimFacts';
import { claimForTask } from '../claimForTask';
import { Claim, Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import { PlanRequest } from '../planRequest';
import { describeDone } from '../describeClaim';
import { memoize } from '../memoize';
import { readRequester } from '../requester';
import { ReadTaskLife } from '../taskLife';
import { appRepo, TOKEN_INPUT } from '../requestInput';
import { examples } from './requestValidate.examples';

export interface RequestValidateDeps {
  config: GoldenPathConfig;
  claims: Claims;
  githubFor: GitHubFor;
  checkOwner: CheckOwner;
  checkEntityNames: CheckEntityNames;
  checkExistingApp: CheckExistingApp;
  planRequest: PlanRequest['plan'];
  readTaskLife: ReadTaskLife;
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
        existingApp: z =>
          z
            .boolean()
            .describe(
              'The app exists already: only its database is requested. Default: false',
            )
            .optional(),
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
        appUrl: z => z.string().describe('Page of the repository of the app'),
        componentRef: z => z.string().describe('Catalog entity of the app'),
        nextEnvironment: z =>
          z
            .string()
            .describe('The one after this one in goldenPath.environments')
            .optional(),
        promotionUrl: z =>
          z
            .string()
            .describe('The form with the values of this request for it')
            .optional(),
      },
    },
    async handler(ctx) {
      const { config, claims } = deps;
      const github = deps.githubFor(ctx);
      const requester = await readRequester(ctx);
      const { token: _, ...fields } = ctx.input;
      const input = { ...fields, requestedBy: requester.name };
      const done = await findDone(claims, ctx.task.id, ctx.input);
      if (done?.request && isDatabaseRequest(done.request)) {
        ctx.logger.info(await describeDone(done, done.request, config, github));
        outputRequest(ctx, done.request, done.runBy, config);
        return;
      }

      const credentials = await ctx.getInitiatorCredentials();
      const checkedClaims = memoize((request: DatabaseRequest) =>
        checkRequestClaims(request, ctx.task.id, { ...deps, github }),
      );
      const request = await checkRequest<DatabaseRequest>(
        input,
        parseRequest,
        config,
        {
          ...createAppQuestions<DatabaseRequest>(deps, {
            id: ctx.task.id,
            what: 'a database',
            requester,
            credentials,
            github,
            checkedClaims,
          }),
          ...(input.existingApp &&
            createExistingAppQuestions(deps, { credentials, github })),
          platform: [
            () =>
              checkInfraRepo(config.infraRepo, {
                repository: github.repositories.get,
                isWorkflowEnabled: github.workflowRuns.isEnabled,
              }),
          ],
          whole: [
            async one => {
              const { pullRequest } = await checkedClaims(one);
              // Merged while this task, or the one that it continues, was not finished.
              if (pullRequest?.isMerged) return [];
              return checkNotDeclared(one, {
                plan: () => deps.planRequest(one, github.infraFiles),
              });
            },
            async one => (await checkedClaims(one)).problems,
            async one =>
              one.existingApp
                ? deps.checkExistingApp.owner(one, credentials)
                : [],
            one =>
              deps.checkEntityNames.database(
                one,
                pageOf(config.infraRepo, config),
                credentials,
              ),
          ],
        },
      );

      stopWhenCancelled(ctx);
      const { runBy } = ctx.isDryRun
        ? { runBy: ctx.task.id }
        : await claimForTask(request, await checkedClaims(request), ctx, deps);
      ctx.logger.info(
        `Request ${requestId(request)} by ${request.requestedBy} is valid${
          ctx.isDryRun ? '' : ' and claimed'
        }.`,
      );
      outputRequest(ctx, request, runBy, config);
    },
  });

/** The derived names, for the steps that follow and for the task's page. */
const outputRequest = (
  ctx: {
    output(name: any, value: any): void;
    templateInfo?: { entityRef: string };
  },
  request: DatabaseRequest,
  runBy: string,
  config: GoldenPathConfig,
) => {
  const { environment, databaseName, component_id } = request;
  ctx.output('request', request);
  ctx.output('requestId', requestId(request));
  ctx.output('branch', branchName(request));
  ctx.output(
    'secretName',
    secretName(environment, databaseName, config.secretPrefix),
  );
  ctx.output('kubernetesSecretName', kubernetesSecretName(component_id));
  ctx.output('databaseEntityRef', entityRef(request));
  ctx.output('workflowInputs', {
    ...workflowInputs(request, {
      taskId: runBy,
      baseBranch: config.infraRepo.baseBranch,
    }),
  });
  ctx.output('appUrl', pageOf(appRepo(request, config), config).url);
  ctx.output('componentRef', `component:${DEFAULT_NAMESPACE}/${component_id}`);
  const next = nextEnvironment(environment, config.environments);
  if (!next) return;
  ctx.output('nextEnvironment', next);
  ctx.output(
    'promotionUrl',
    formPath(
      promotionFormData(
        {
          ...request,
          component: component_id,
          ownerRef: formatOwnerRef(request.owner),
        },
        next,
      ),
      ctx.templateInfo?.entityRef,
    ),
  );
};

/** The claim of a task that has ended well before: Backstage offers Retry there, too. */
const findDone = async (
  claims: Pick<Claims, 'get'>,
  taskId: string,
  { environment = '', databaseName = '' }: Partial<RequestKey>,
): Promise<Claim | undefined> => {
  const claim = await claims.get({
    requestId: requestId({ environment, databaseName }),
    taskId,
  });
  return claim?.state === 'done' ? claim : undefined;
};
