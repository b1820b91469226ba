import type { RunRecord, StepRecord } from '../types';

/**
 * A run whose platform ended under it (power cut, SIGKILL), closed as cancelled: nothing will take it up again. Steps
 * that had not begun count as skipped; a run that has ended stays as it is.
 * @param now - ISO 8601, UTC
 */
export const closeInterruptedRun = (run: RunRecord, now: string): RunRecord => {
  if (run.status === 'completed') return run;
  const close = <T extends Pick<StepRecord, 'status' | 'conclusion'>>(
    record: T,
    conclusion: 'cancelled' | 'skipped' = 'cancelled',
  ): T =>
    record.status === 'completed'
      ? record
      : { ...record, status: 'completed', conclusion, completedAt: now };
  return {
    ...run,
    status: 'completed',
    conclusion: 'cancelled',
    updatedAt: now,
    jobs: run.jobs.map(job => ({
      ...close(job),
      steps: job.steps.map(step =>
        close(step, step.status === 'queued' ? 'skipped' : 'cancelled'),
      ),
    })),
  };
};
