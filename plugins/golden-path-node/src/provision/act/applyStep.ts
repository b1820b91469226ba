import { setTimeout as sleep } from 'node:timers/promises';
import {
  AUDIT_ACTION_OF,
  Change,
  describeChange,
  findUndone,
  PlannedAfter,
} from '../decide/change';
import type { ChangeRecord } from '../decide/events';
import { explainFailedChange } from '../decide/explainFailedChange';
import type { DatabasePlan, PlannedStep } from '../decide/plan';
import type { ObservedObject } from '../decide/planObjects';
import { listObjects } from '../decide/postgres/objectsSql';
import { observeStep } from '../decide/postgres/cloneSql';
import { printSql, quoteIdentifier, SqlContext } from '../decide/postgres/sql';
import { isWorthRetrying } from '../decide/postgres/sqlState';
import type { Session } from '../ports';
import { lookAgain } from './lookAgain';
import { readOne, SeenState } from './readOne';

export interface StepOptions {
  context: SqlContext;
  /** Major version of the server. */
  version: number;
  /**
   * Connects the master. Default: to database `postgres`, to apply changes, with the statements of `prepareObserveOne`.
   */
  connect(database?: string): Promise<Session>;
  /** Connects it for a look, also after a stop. Default: to database `postgres`. */
  connectToLook(database?: string): Promise<Session>;
  /** What a state, seen after a step, still requires. */
  planAgain(plan: DatabasePlan, seen: SeenState): PlannedAfter;
  now(): Date;
}

export type StepRecord = Omit<ChangeRecord, 'database' | 'username'>;

/** What became of a step. Only what was seen to hold afterwards is a success. */
export interface StepResult {
  records: StepRecord[];
  problem?: string;
}

/** How sending a step ended. `isCertain`: the server rolled it back. */
type Sent =
  | { durations: number[]; seen: SeenState }
  | {
      durations: number[];
      error: unknown;
      failed: Change;
      isCertain: boolean;
      pid: number | undefined;
    };

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 50;

/** Applies one step and looks whether it holds. Retries when it conflicts with another session. */
export const applyStep = async (
  session: Session,
  plan: DatabasePlan,
  step: PlannedStep,
  options: StepOptions,
): Promise<StepResult> => {
  for (let attempt = 1; ; attempt += 1) {
    const sent = await sendStep(session, plan, step, options);
    const { durations } = sent;
    if ('seen' in sent)
      return judge(step, durations, options.planAgain(plan, sent.seen));

    const { error, failed, isCertain, pid } = sent;
    const isRetried = isWorthRetrying(error) && attempt < ATTEMPTS;
    if (!isCertain) {
      const seen = await lookAgain(plan, step, { ...options, pid });
      if (!seen) {
        return fail(
          failed,
          durations,
          `could not confirm whether this holds: ${describeChange(
            failed,
          )}: ${explainFailedChange(error)} The next run looks again.`,
        );
      }
      const planned = options.planAgain(plan, seen);
      const holds = step.changes.every(
        change => findUndone(change, planned) === undefined,
      );
      if (holds || !isRetried) return judge(step, durations, planned, error);
    } else if (!isRetried) {
      return fail(
        failed,
        durations,
        `could not ${describeChange(failed)}: ${explainFailedChange(error)}`,
      );
    }
    // A random delay keeps two sessions from conflicting again.
    await sleep(FIRST_DELAY_MS * 2 ** attempt * Math.random());
  }
};

/** Sends the statements, and reads what they left: in the last message of a step, where that is one session. */
const sendStep = async (
  own: Session,
  { username, databaseName }: DatabasePlan,
  { inTransaction, as, inDatabase, ofClone, changes }: PlannedStep,
  { context, version, now, connect }: StepOptions,
): Promise<Sent> => {
  const durations: number[] = [];
  let failed = changes[0];
  let hasSentAll = false;
  let start = now();
  let inside: Session | undefined;
  const elapsed = () => now().getTime() - start.getTime();
  try {
    if (inDatabase !== undefined) inside = await connect(inDatabase);
    const session = inside ?? own;
    for (failed of changes) {
      start = now();
      const isFirst = failed === changes[0];
      await session.queryAll(
        [
          ...(inTransaction && isFirst ? ['BEGIN'] : []),
          ...(as !== undefined && isFirst
            ? [`SET LOCAL ROLE ${quoteIdentifier(as)}`]
            : []),
          printSql(failed, context),
        ].join('; '),
      );
      durations.push(elapsed());
    }
    hasSentAll = true;
    const look = observeStep(version, { username, databaseName, ofClone });
    if (!inside) {
      const answers = await session.queryAll(
        inTransaction ? `COMMIT; ${look}` : look,
      );
      return { durations, seen: readOne(answers, { ofClone }) };
    }
    if (inTransaction) await session.queryAll('COMMIT');
    const objects = await inside.query<ObservedObject>(listObjects(version), [
      username,
    ]);
    const seen = readOne(await own.queryAll(look));
    return { durations, seen: { ...seen, objects } };
  } catch (error) {
    if (!hasSentAll) durations.push(elapsed());
    // After a lost connection the server rolls back by itself.
    if (inTransaction && !inside)
      await own.queryAll('ROLLBACK').catch(() => undefined);
    return {
      durations,
      error,
      failed,
      isCertain: !hasSentAll && (inTransaction || isSqlError(error)),
      pid: (inside ?? own).announcedPid,
    };
  } finally {
    await inside?.close().catch(() => undefined);
  }
};

const isSqlError = (error: unknown): boolean =>
  error instanceof Error && error.name === 'SqlError';

/** Records what holds, and what is still planned as failed. */
const judge = (
  { changes }: PlannedStep,
  durations: readonly number[],
  planned: PlannedAfter,
  error?: unknown,
): StepResult => {
  const records = changes.map((change, n): StepRecord => {
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
  return {
    records,
    problem: records.find(({ status }) => status === 'failed')?.message,
  };
};

const fail = (
  change: Change,
  durations: readonly number[],
  problem: string,
): StepResult => ({
  problem,
  records: [
    {
      action: AUDIT_ACTION_OF[change.kind],
      status: 'failed',
      durationMs: durations[durations.length - 1] ?? 0,
      message: problem,
    },
  ],
});
