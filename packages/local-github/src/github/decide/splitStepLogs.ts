import { JobRecord, StepRecord } from '../../actions/types';

/**
 * Cuts the log of a job into its steps by their times; every line of a log begins with its own.
 * What no step was under way for goes to the first one.
 */
export const splitStepLogs = (
  job: JobRecord,
  log: string,
): Array<{ step: StepRecord; lines: string[] }> => {
  const parts = job.steps.map(step => ({ step, lines: [] as string[] }));
  const started = parts
    .filter(({ step }) => step.startedAt)
    .sort((a, b) => a.step.number - b.step.number);
  for (const line of log.split('\n').filter(Boolean)) {
    const [, at, text] = /^(\d{4}-\S+Z) ?(.*)$/.exec(line) ?? [];
    const time = at ? Date.parse(at) : Infinity;
    let owner = started[0];
    for (const part of started)
      if (Date.parse(part.step.startedAt!) <= time) owner = part;
    owner?.lines.push(text ?? line);
  }
  return parts;
};
