import { resolve, resolveTexts } from './decide/template';
import { JobHost, JobState, JobToRun } from './jobState';
import { runStep } from './stepRun';
import { Conclusion } from './types';

/** How a job ended. */
export interface JobResult {
  conclusion: Conclusion;
  outputs: Record<string, string>;
}

const MINUTE = 60_000;
const DEFAULT_JOB_MINUTES = 360;

/** Runs the steps of one job in a workspace of its own and leaves nothing of it behind but records and log. */
export const runJob = async (
  job: JobToRun,
  host: JobHost,
): Promise<JobResult> => {
  const state = new JobState(job, host);
  try {
    await state.setUp();
    await runSteps(state);
    return {
      conclusion: state.isCancelled() ? 'cancelled' : state.scope.status,
      outputs: resolveJobOutputs(state),
    };
  } finally {
    await state.cleanUp();
  }
};

const runSteps = async (state: JobState): Promise<void> => {
  const { template, record } = state.job;
  const minutes = Number(
    resolve(
      template.timeoutMinutes ?? DEFAULT_JOB_MINUTES,
      state.createContexts(),
    ),
  );
  const timer = setTimeout(() => {
    state.log.write(
      `##[error]The job has exceeded the maximum execution time of ${minutes} minutes`,
    );
    state.timedOut.abort();
  }, minutes * MINUTE);
  try {
    for (const [index, step] of template.steps.entries())
      await runStep(state, step, record.steps[index]);
  } finally {
    clearTimeout(timer);
  }
};

/** What other jobs may see; an output with a secret in it is left out. */
const resolveJobOutputs = (state: JobState): Record<string, string> => {
  const outputs = resolveTexts(
    state.job.template.outputs,
    state.createContexts(),
    state.createFunctions(),
  );
  return Object.fromEntries(
    Object.entries(outputs).filter(([name, value]) => {
      if (!state.host.masks.isIn(value)) return true;
      state.log.write(
        `##[warning]Skip output '${name}' since it may contain secret.`,
      );
      return false;
    }),
  );
};
