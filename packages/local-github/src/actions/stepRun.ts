import { Contexts, evaluateExpression } from './decide/expression';
import { composeDefaultStepName, getFirstLine } from './decide/stepName';
import { resolve, resolveText, resolveTexts } from './decide/template';
import { StepTemplate } from './decide/workflowFile';
import { JobState } from './jobState';
import { NEEDS_CONTAINERS } from './localActions';
import { skipStep, StepCall, StepResult } from './step';
import { runScript } from './stepScript';
import { Conclusion, StepRecord } from './types';
import { useAction } from './useAction';

const MINUTE = 60_000;

/** Runs one step where its condition holds, and records how it went; later steps see its outcome. */
export const runStep = async (
  state: JobState,
  step: StepTemplate,
  record: StepRecord,
): Promise<void> => {
  const save = async (change: Partial<StepRecord>) => {
    Object.assign(record, change);
    await state.host.save();
  };
  if (state.job.stopped.aborted) {
    await save({ status: 'completed', conclusion: 'cancelled' });
    return;
  }
  let env: Record<string, string> = {};
  let result: StepResult;
  try {
    env = resolveTexts(
      step.env,
      state.createContexts(),
      state.createFunctions(),
    );
    const contexts = state.createContexts(env, step);
    if (
      !evaluateExpression(step.condition, contexts, state.createFunctions())
    ) {
      remember(state, step, { outcome: 'skipped' }, 'skipped');
      await save({ status: 'completed', conclusion: 'skipped' });
      return;
    }
    const name = resolveText(
      step.name ?? composeDefaultStepName(step),
      contexts,
      state.createFunctions(),
    );
    await save({
      name: state.host.masks.hide(getFirstLine(name)),
      status: 'in_progress',
      startedAt: new Date().toISOString(),
    });
    result = await runWithSignal(state, step, contexts, signal =>
      act(state, { step, env, signal }),
    );
  } catch (error) {
    state.log.write(
      `##[error]${error instanceof Error ? error.message : error}`,
    );
    result = { outcome: 'failure' };
  }
  const conclusion =
    result.outcome === 'failure' && continuesOnError(state, step, env)
      ? 'success'
      : result.outcome;
  if (conclusion === 'failure') state.scope.status = 'failure';
  remember(state, step, result, conclusion);
  await save({
    status: 'completed',
    conclusion,
    note: result.note,
    completedAt: new Date().toISOString(),
  });
};

const act = async (state: JobState, call: StepCall): Promise<StepResult> => {
  const { uses } = call.step;
  if (state.job.template.needsContainers)
    return skipStep(state, uses ?? 'run', NEEDS_CONTAINERS);
  return uses === undefined
    ? runScript(state, call)
    : useAction(state, call, uses);
};

const continuesOnError = (
  state: JobState,
  step: StepTemplate,
  env: Record<string, string>,
): boolean =>
  resolve(
    step.continueOnError,
    state.createContexts(env, step),
    state.createFunctions(),
  ) === true;

/** Gives a step the signal that ends it: its own time-out, the job's end, or a cancellation that comes after it began. */
const runWithSignal = async (
  state: JobState,
  step: StepTemplate,
  contexts: Contexts,
  work: (signal: AbortSignal) => Promise<StepResult>,
): Promise<StepResult> => {
  const ending = [state.job.stopped];
  if (!state.isCancelled())
    ending.push(state.job.cancelled, state.timedOut.signal);
  const stepTimedOut = new AbortController();
  const minutes = Number(
    resolve(step.timeoutMinutes ?? 0, contexts, state.createFunctions()),
  );
  const timer =
    minutes > 0 && setTimeout(() => stepTimedOut.abort(), minutes * MINUTE);
  const ended = AbortSignal.any(ending);
  try {
    const result = await work(AbortSignal.any([ended, stepTimedOut.signal]));
    if (ended.aborted) return { ...result, outcome: 'cancelled' };
    if (stepTimedOut.signal.aborted) {
      state.log.write(
        `##[error]The action has timed out after ${minutes} minutes.`,
      );
      return { ...result, outcome: 'failure' };
    }
    return result;
  } finally {
    if (timer) clearTimeout(timer);
  }
};

const remember = (
  state: JobState,
  step: StepTemplate,
  result: StepResult,
  conclusion: Conclusion,
): void => {
  if (step.id === undefined) return;
  state.scope.steps[step.id] = {
    outputs: result.outputs ?? {},
    outcome: result.outcome,
    conclusion,
  };
};
