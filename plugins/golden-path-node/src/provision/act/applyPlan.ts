import type { ChangeRecord } from '../decide/events';
import {
  judgeStep,
  recordRejected,
  recordUnseen,
  SentStep,
  StepRecord,
} from '../decide/judgeStep';
import type { DatabasePlan, PlannedStep } from '../decide/plan';
import type { ObservedObject } from '../decide/planObjects';
import { observeStep } from '../decide/postgres/cloneSql';
import type { ApplyOutcome } from '../decide/results';
import type { Session } from '../ports';
import { applyStep, StepOptions } from './applyStep';
import { lookAgain } from './lookAgain';
import { readOne, SeenState } from './readOne';

export interface PlanOptions extends StepOptions {
  /** Resolves once the records are on disk. */
  record(records: ChangeRecord[]): Promise<void>;
  /** Called before each step. */
  shouldStop(): boolean;
}

/** The session in use: another one after an answer that was lost. */
interface Current {
  session: Session;
}

/** What became of some steps, until their look. */
interface Progress {
  /** Whether to look at the second login, too. */
  ofClone: true | undefined;
  sent: SentStep[];
  rejected?: StepRecord;
  /** What was seen after the last step; absent where nothing has looked since. */
  seen?: SeenState;
  /** The objects inside, seen after the step that adopts them. */
  objects?: ObservedObject[];
  isStopped?: boolean;
}

/**
 * Applies the steps of one plan, looks what they left, and records it: only what was seen to hold is a success.
 * @throws the error of a failed connection or audit write; what was sent before is recorded
 */
export const applyPlan = async (
  session: Session,
  plan: DatabasePlan,
  options: PlanOptions,
): Promise<ApplyOutcome> => {
  const current: Current = { session };
  let changes = 0;
  try {
    for (const steps of groupSteps(plan.steps)) {
      const progress: Progress = {
        sent: [],
        ofClone: steps.some(({ ofClone }) => ofClone) || undefined,
      };
      try {
        await sendSteps(current, plan, steps, options, progress);
      } catch (error) {
        await recordSteps(current, plan, options, progress).catch(
          () => undefined,
        );
        throw error;
      }
      const records = await recordSteps(current, plan, options, progress);
      const failed = records.find(({ status }) => status === 'failed');
      changes += records.filter(({ status }) => status === 'success').length;
      if (failed)
        return { outcome: 'failed', changes, problem: failed.message };
      if (progress.isStopped) return { outcome: 'stopped', changes };
    }
    return { outcome: 'changed', changes };
  } finally {
    if (current.session !== session) await current.session.close();
  }
};

/**
 * The steps after which to look. After those of a new database once: if the run is killed before that look, the next one
 * finds role and database without a row and adds it.
 */
const groupSteps = (steps: PlannedStep[]): PlannedStep[][] =>
  steps.some(({ changes }) =>
    changes.some(({ kind }) => kind === 'create database'),
  )
    ? [steps]
    : steps.map(step => [step]);

const sendSteps = async (
  current: Current,
  plan: DatabasePlan,
  steps: readonly PlannedStep[],
  options: PlanOptions,
  progress: Progress,
): Promise<void> => {
  for (const step of steps) {
    progress.isStopped = options.shouldStop();
    if (progress.isStopped) return;
    // Its last answer was lost, and what it did was seen to hold.
    if (current.session.lost.aborted) current.session = await options.connect();
    const { changes } = step;
    const { ofClone } = progress;
    const done = await applyStep(
      current.session,
      plan,
      { ...step, ofClone },
      options,
    );
    const { durations } = done;
    progress.seen = undefined;
    switch (done.end) {
      case 'sent':
        progress.sent.push({ changes, durations });
        progress.objects = done.objects ?? progress.objects;
        break;
      case 'rejected':
        progress.rejected = recordRejected(
          done.failed,
          durations[durations.length - 1] ?? 0,
          done.error,
        );
        return;
      default: {
        const sent = { changes, durations, error: done.error };
        progress.sent.push(sent);
        progress.seen = done.seen;
        if (!done.seen) return;
        progress.objects = done.seen.objects ?? progress.objects;
        const records = judgeStep(sent, options.planAgain(plan, done.seen));
        if (records.some(({ status }) => status === 'failed')) return;
      }
    }
  }
};

const recordSteps = async (
  { session }: Current,
  plan: DatabasePlan,
  options: PlanOptions,
  progress: Progress,
): Promise<StepRecord[]> => {
  const { sent, rejected } = progress;
  const records = [
    ...(sent.length > 0
      ? await judgeSteps(session, plan, options, progress)
      : []),
    ...(rejected ? [rejected] : []),
  ];
  const { databaseName: database, username } = plan;
  if (records.length > 0)
    await options.record(
      records.map(record => ({ database, username, ...record })),
    );
  return records;
};

/** Looks what the steps left. */
const judgeSteps = async (
  session: Session,
  plan: DatabasePlan,
  options: PlanOptions,
  { sent, seen: seenLast, objects, ofClone }: Progress,
): Promise<StepRecord[]> => {
  let { error } = sent[sent.length - 1];
  let seen = seenLast;
  if (!seen && error === undefined) {
    try {
      const { username, databaseName } = plan;
      seen = readOne(
        await session.queryAll(
          observeStep(options.version, { username, databaseName, ofClone }),
        ),
        { ofClone },
      );
    } catch (cause) {
      error = cause;
      seen = await lookAgain(
        plan,
        { ofClone },
        { ...options, pid: session.announcedPid },
      );
    }
  }
  if (!seen) return sent.flatMap(step => recordUnseen(step, error));
  const planned = options.planAgain(plan, {
    ...seen,
    objects: seen.objects ?? objects,
  });
  return sent.flatMap(step => judgeStep(step, planned));
};
