import type { ProgressPhase } from '../decide/events';
import type { ProvisionReporter } from '../ports';

/** Runs the work for one database and reports its start and its end. */
export type Track = <T>(database: string, work: () => Promise<T>) => Promise<T>;

/** Reports the progress of one phase. Reports nothing for an empty phase. */
export const trackProgress = (
  report: ProvisionReporter,
  phase: ProgressPhase,
  total: number,
): Track => {
  const underway = new Set<string>();
  let done = 0;
  const reportProgress = (finished?: string) =>
    report({
      type: 'progress',
      phase,
      done,
      total,
      underway: [...underway],
      ...(finished === undefined ? {} : { finished }),
    });
  if (total > 0) reportProgress();
  return async (database, work) => {
    underway.add(database);
    reportProgress();
    try {
      return await work();
    } finally {
      underway.delete(database);
      done += 1;
      reportProgress(database);
    }
  };
};
