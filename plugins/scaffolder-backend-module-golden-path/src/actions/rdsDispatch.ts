import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  requestId,
  runName,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { dispatchOnce } from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled, stopWhenCancelled } from '../cancellation';
import { Claims } from '../claims';
import { GoldenPathConfig } from '../config';
import { GitHub } from '../github';
import { claimKey, parseRequestInput, REQUEST_INPUT } from '../requestInput';
import { examples } from './rdsDispatch.examples';

/** Dispatches the workflow that opens the pull request: once per task, also after recovery and Retry. */
export const createRdsDispatchAction = (deps: {
  config: GoldenPathConfig;
  claims: Pick<Claims, 'take' | 'setRun'>;
  github: Pick<GitHub, 'workflowRuns'>;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:dispatch',
    description:
      'Dispatches the workflow that opens the pull request for the database, exactly once',
    examples,
    schema: {
      input: { request: z => z.record(z.any()).describe(REQUEST_INPUT) },
      output: {
        runId: z => z.number().describe('Of the workflow run'),
        runUrl: z => z.string().describe('Page of the workflow run'),
      },
    },
    async handler(ctx) {
      const { config, claims, github } = deps;
      const request = parseRequestInput(ctx.input.request, config);
      const { workflow, ref, baseBranch, owner, repo } = config.infraRepo;
      const taskId = ctx.task.id;
      const key = claimKey(request, config, taskId);
      stopWhenCancelled(ctx);
      await claims.take(key);

      const run = await ctx.checkpoint({
        key: `dispatch.${requestId(request)}.${taskId}`,
        fn: async () => {
          const { id, url } = await dispatchOnce({
            find: () =>
              github.workflowRuns.findByTitle(
                { owner, repo },
                workflow,
                runName(request, taskId),
              ),
            dispatch: () =>
              github.workflowRuns.dispatch(
                { owner, repo },
                {
                  workflow,
                  ref,
                  inputs: {
                    ...workflowInputs(request, { taskId, baseBranch }),
                  },
                },
              ),
            sleep: sleepUnlessCancelled(ctx),
          });
          return { id, url };
        },
      });
      await claims.setRun(key, run.id);
      ctx.logger.info(`Workflow run: ${run.url}`);
      ctx.output('runId', run.id);
      ctx.output('runUrl', run.url);
    },
  });
