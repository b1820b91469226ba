import { Expression, Template } from './template';
import { StepTemplate } from './workflowFile';

/** The name of a step before it runs. */
export const getStepName = (step: StepTemplate): string => {
  const name = step.name ?? composeDefaultStepName(step);
  return getFirstLine(name instanceof Expression ? name.source : String(name));
};

/** A step without a name is called by what it runs. */
export const composeDefaultStepName = ({
  uses,
  run,
}: StepTemplate): Template => {
  if (run instanceof Expression) {
    return new Expression(`Run ${run.source.trimStart()}`);
  }
  return `Run ${uses ?? String(run ?? '').trimStart()}`;
};

export const getFirstLine = (text: string): string =>
  text.trim().split('\n')[0];
