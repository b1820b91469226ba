import { ActionContext } from '@backstage/plugin-scaffolder-node';
import {
  DispatchedRun,
  dispatchOnce,
} from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled } from './cancellation';
import { Clock } from './clock';
import { GoldenPathConfig } from './config';
import { recallDispatch } from './dispatchAttempts';
import { GitHub } from './github';

/** The run that a task wants. */
export interface WantedRun {
  /** Names the dispatch in the checkpoints of the task. */
  id: string;
  workflow: string;
  runName: string;
  inputs: Record<string, string>;
  /** When an earlier task may have dispatched it, in ms since 1970. */
  sentBefore?: number;
  /** No such run is older. Default: the first attempt of the task. */
  createdSince?: Date;
}

/** Dispatches a workflow of the infra repo: once per task, also after recovery and Retry. */
export const dispatchForTask = (
  ctx: Pick<ActionContext<any, any>, 'checkpoint' | 'signal' | 'logger'>,
  wanted: WantedRun,
  deps: {
    config: Pick<GoldenPathConfig, 'infraRepo' | 'await'>;
    workflowRuns: GitHub['workflowRuns'];
    clock: Clock;
  },
): Promise<DispatchedRun> => {
  const { config, workflowRuns, clock } = deps;
  const { owner, repo, ref } = config.infraRepo;
  const { workflow, inputs } = wanted;
  return ctx.checkpoint({
    key: `dispatch.${wanted.id}`,
    fn: async () => {
      const earlier = await recallDispatch(ctx, wanted.id, clock.now);
      const createdSince = wanted.createdSince ?? new Date(earlier.begunAt);
      const { id, url } = await dispatchOnce(
        {
          timeoutMs: config.await.timeoutMs,
          sentAt: earlier.sentAt ?? wanted.sentBefore,
        },
        {
          find: () =>
            workflowRuns.findByTitle(
              { owner, repo },
              workflow,
              wanted.runName,
              createdSince,
            ),
          dispatch: () =>
            workflowRuns
              .dispatch({ owner, repo }, { workflow, ref, inputs })
              .catch(async error => {
                if (error.name !== 'ServiceUnavailableError')
                  await earlier.reject();
                throw error;
              }),
          sleep: sleepUnlessCancelled(ctx, clock),
          now: clock.now,
          tell: message => ctx.logger.warn(message),
        },
      );
      return { id, url };
    },
  });
};
