import {
  AUDIT_ACTION_OF,
  Change,
  describeChange,
  findUndone,
  PlannedAfter,
} from './change';
import type { ChangeRecord } from './events';
import { explainFailedChange } from './explainFailedChange';

export type StepRecord = Omit<ChangeRecord, 'database' | 'username'>;

/** A step that was sent. `durations`: of each change, in ms. `error`: instead of the last answer. */
export interface SentStep {
  changes: readonly Change[];
  durations: readonly number[];
  error?: unknown;
}

/** Records what is seen to hold, and what is still planned as failed. */
export const judgeStep = (
  { changes, durations, error }: SentStep,
  planned: PlannedAfter,
): StepRecord[] =>
  changes.map((change, n): StepRecord => {
    const undone = findUndone(change, planned);
    const what = describeChange(change);
    const base = {
      action: AUDIT_ACTION_OF[change.kind],
      durationMs: durations[n] ?? 0,
    };
    if (undone === undefined)
      return {
        ...base,
        status: 'success',
        message: `${what}: ${change.reason}`,
      };
    return {
      ...base,
      status: 'failed',
      message:
        error === undefined
          ? `could not ${what}: the server accepted it without effect. Seen afterwards: ${undone}.`
          : `could not ${what}: ${explainFailedChange(error)}`,
    };
  });

/** Records a change that the server rejected: nothing of its step is left. */
export const recordRejected = (
  change: Change,
  durationMs: number,
  error: unknown,
): StepRecord => ({
  action: AUDIT_ACTION_OF[change.kind],
  status: 'failed',
  durationMs,
  message: `could not ${describeChange(change)}: ${explainFailedChange(error)}`,
});

/** Records changes after which nothing could be seen. */
export const recordUnseen = (
  { changes, durations }: SentStep,
  error: unknown,
): StepRecord[] =>
  changes.map((change, n) => ({
    action: AUDIT_ACTION_OF[change.kind],
    status: 'failed',
    durationMs: durations[n] ?? 0,
    message: `could not confirm whether this holds: ${describeChange(
      change,
    )}: ${explainFailedChange(error)} The next run looks again.`,
  }));
