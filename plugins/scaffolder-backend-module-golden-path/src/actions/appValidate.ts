import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  AppRequest,
  appRequestId,
  parseApp,
} from '@goldenpath/plugin-golden-path-common';
import { stopWhenCancelled } from '../cancellation';
import { createAppQuestions } from '../checks/appQuestions';
import { checkRequest } from '../checks/checkRequest';
import { CheckEntityNames } from '../checks/entityNameFree';
import { CheckOwner } from '../checks/mayOwn';
import { claimForTask } from '../claimForTask';
import { checkRequestClaims } from '../claimFacts';
import { Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import { memoize } from '../memoize';
import { readRequester } from '../requester';
import { TOKEN_INPUT } from '../requestInput';
import { ReadTaskLife } from '../taskLife';
import { examples } from './appValidate.examples';

/** Checks an app without a database before the first change, then claims its name for the task. */
export const createAppValidateAction = (deps: {
  config: GoldenPathConfig;
  claims: Claims;
  githubFor: GitHubFor<'repositories' | 'workflowRuns' | 'pullRequests'>;
  checkOwner: CheckOwner;
  checkEntityNames: CheckEntityNames;
  readTaskLife: ReadTaskLife;
}) =>
  createTemplateAction({
    id: 'goldenpath:app:validate',
    description:
      'Checks every rule of an app without a database, including catalog and GitHub, and claims its name for this task',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        component_id: z =>
          z.string().describe('Name of the app and its repository').optional(),
        owner: z =>
          z
            .string()
            .describe('Group that owns it, as an entity reference or a name')
            .optional(),
        environment: z =>
          z.string().describe('One of goldenPath.environments').optional(),
        description: z => z.string().describe('One line').optional(),
        domain: z => z.string().describe('Default: delivery').optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        request: z =>
          z
            .record(z.any())
            .describe('The request with its defaults, for the other actions'),
        requestId: z => z.string(),
      },
    },
    async handler(ctx) {
      const { config, claims } = deps;
      const github = deps.githubFor(ctx);
      const requester = await readRequester(ctx);
      const { token: _, ...fields } = ctx.input;
      const output = (request: AppRequest) => {
        ctx.output('request', request);
        ctx.output('requestId', appRequestId(request));
      };
      const own = await claims.get({
        requestId: appRequestId({ component_id: fields.component_id ?? '' }),
        taskId: ctx.task.id,
      });
      if (own?.repoState === 'published' && own.request) {
        ctx.logger.info(
          `This task is done; Retry changes nothing. The app is in ${own.repo}.`,
        );
        output(own.request);
        return;
      }

      const checkedClaims = memoize((request: AppRequest) =>
        checkRequestClaims(request, ctx.task.id, { ...deps, github }),
      );
      const request = await checkRequest(
        { ...fields, requestedBy: requester.name },
        parseApp,
        config,
        {
          ...createAppQuestions<AppRequest>(deps, {
            id: ctx.task.id,
            what: 'an app',
            requester,
            credentials: await ctx.getInitiatorCredentials(),
            github,
            checkedClaims,
          }),
          platform: [],
          whole: [async one => (await checkedClaims(one)).problems],
        },
      );
      stopWhenCancelled(ctx);
      if (!ctx.isDryRun)
        await claimForTask(request, await checkedClaims(request), ctx, deps);
      ctx.logger.info(
        `App ${request.component_id} by ${request.requestedBy} is valid${
          ctx.isDryRun ? '' : ' and claimed'
        }.`,
      );
      output(request);
    },
  });
