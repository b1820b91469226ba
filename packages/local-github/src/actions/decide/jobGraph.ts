import { Functions } from './expression';
import { JobTemplate } from './workflowFile';
import type { Conclusion } from '../types';

/** Every job that a job waits for, directly or not. */
export const findAncestors = (id: string, jobs: JobTemplate[]): Set<string> => {
  const found = new Set<string>();
  const visit = (current: string) => {
    for (const need of jobs.find(job => job.id === current)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
};

/** Status functions in the condition of a job: success() and failure() look at all that it waits for, directly or not. */
export const createStatusFunctions = (
  results: Conclusion[],
  cancelled: boolean,
): Functions => {
  return {
    success: () => !cancelled && results.every(result => result === 'success'),
    failure: () => !cancelled && results.includes('failure'),
    cancelled: () => cancelled,
  };
};

/** How a run, or a matrix, ended, by its jobs. */
export const combineConclusions = (conclusions: Conclusion[]): Conclusion => {
  if (conclusions.includes('failure')) return 'failure';
  if (conclusions.includes('cancelled')) return 'cancelled';
  if (
    conclusions.length > 0 &&
    conclusions.every(conclusion => conclusion === 'skipped')
  )
    return 'skipped';
  return 'success';
};
