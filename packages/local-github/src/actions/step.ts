import { StepTemplate } from './decide/workflowFile';
import { JobState } from './jobState';
import { Conclusion } from './types';

/** One step as it is to run, and the signal that ends it. */
export interface StepCall {
  step: StepTemplate;
  /** The step's own `env`, evaluated. */
  env: Record<string, string>;
  signal: AbortSignal;
}

/** How a step ended, before `continue-on-error`. */
export interface StepResult {
  outcome: Conclusion;
  outputs?: Record<string, string>;
  /** Shown beside the step. */
  note?: string;
}

/** Leaves out what can't run here, and says so. */
export const skipStep = (
  state: JobState,
  what: string,
  note: string,
): StepResult => {
  state.log.write(`##[notice]${what}: ${note}`);
  return { outcome: 'skipped', note };
};
