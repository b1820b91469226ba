import { setTimeout as sleep } from 'node:timers/promises';
import { Change, findUndone, PlannedAfter } from '../decide/change';
import type { DatabasePlan, PlannedStep } from '../decide/plan';
import type { ObservedObject } from '../decide/planObjects';
import { listObjects } from '../decide/postgres/objectsSql';
import { printSql, quoteIdentifier, SqlContext } from '../decide/postgres/sql';
import { isWorthRetrying } from '../decide/postgres/sqlState';
import type { Session } from '../ports';
import { lookAgain } from './lookAgain';
import type { SeenState } from './readOne';

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

/**
 * How a step ended; `durations` of its changes, in ms. `rejected`: the server rejected `failed` and left nothing of the
 * step. `lost`: the last answer did not arrive; `seen` is what a look found then, absent if it found nothing out.
 */
export type StepEnd =
  | { end: 'sent'; durations: number[]; objects?: ObservedObject[] }
  | { end: 'rejected'; durations: number[]; failed: Change; error: unknown }
  | { end: 'lost'; durations: number[]; error: unknown; seen?: SeenState };

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 50;

/** Applies one step. Retries when it conflicts with another session. */
export const applyStep = async (
  session: Session,
  plan: DatabasePlan,
  step: PlannedStep,
  options: StepOptions,
): Promise<StepEnd> => {
  let isOneByOne = false;
  for (let attempt = 1; ; ) {
    const sent = await sendStep(session, step, {
      ...options,
      username: plan.username,
      isOneByOne,
    });
    if (sent.end === 'sent') return sent;
    const { error } = sent;
    const isRetried = isWorthRetrying(error) && attempt < ATTEMPTS;
    if (sent.end === 'lost') {
      const seen = await lookAgain(plan, step, { ...options, pid: sent.pid });
      const isOver =
        !seen ||
        !isRetried ||
        step.changes.every(
          change =>
            findUndone(change, options.planAgain(plan, seen)) === undefined,
        );
      if (isOver) return { ...sent, seen };
    } else if (!isRetried) {
      if (isOneByOne || step.changes.length === 1) return sent;
      // The message had several statements: which one the server rejects, they tell one by one.
      isOneByOne = true;
      continue;
    }
    attempt += 1;
    // A random delay keeps two sessions from conflicting again.
    await sleep(FIRST_DELAY_MS * 2 ** attempt * Math.random());
  }
};

/** Changes that are sent as one message. */
interface Message {
  sql: string;
  changes: readonly Change[];
}

/** A transaction is one message, and so one round trip. */
const listMessages = (
  { inTransaction, as, changes }: PlannedStep,
  context: SqlContext,
  isOneByOne: boolean,
): Message[] => {
  const print = (change: Change) => printSql(change, context);
  if (!inTransaction)
    return changes.map(change => ({ sql: print(change), changes: [change] }));
  const begin = [
    'BEGIN',
    ...(as === undefined ? [] : [`SET LOCAL ROLE ${quoteIdentifier(as)}`]),
  ];
  if (!isOneByOne)
    return [
      { sql: [...begin, ...changes.map(print), 'COMMIT'].join('; '), changes },
    ];
  return [
    ...changes.map((change, n) => ({
      sql: [...(n === 0 ? begin : []), print(change)].join('; '),
      changes: [change],
    })),
    { sql: 'COMMIT', changes: [] },
  ];
};

const sendStep = async (
  own: Session,
  step: PlannedStep,
  {
    context,
    version,
    now,
    connect,
    username,
    isOneByOne,
  }: StepOptions & { username: string; isOneByOne: boolean },
): Promise<
  | Exclude<StepEnd, { end: 'lost' }>
  | {
      end: 'lost';
      durations: number[];
      error: unknown;
      pid: number | undefined;
    }
> => {
  const { inTransaction, inDatabase, changes } = step;
  const durations: number[] = [];
  let [failed] = changes;
  let isCommitted = false;
  let mayBeCommitted = false;
  let inside: Session | undefined;
  try {
    if (inDatabase !== undefined) inside = await connect(inDatabase);
    const session = inside ?? own;
    for (const message of listMessages(step, context, isOneByOne)) {
      const start = now().getTime();
      failed = message.changes[0] ?? failed;
      mayBeCommitted = !inTransaction || message.sql.endsWith('COMMIT');
      try {
        await session.queryAll(message.sql);
      } finally {
        const elapsed = now().getTime() - start;
        durations.push(...message.changes.map(() => elapsed));
      }
    }
    isCommitted = true;
    if (!inside) return { end: 'sent', durations };
    const objects = await inside.query<ObservedObject>(listObjects(version), [
      username,
    ]);
    return { end: 'sent', durations, objects };
  } catch (error) {
    // After a lost connection the server rolls back by itself.
    if (inTransaction && !inside)
      await own.queryAll('ROLLBACK').catch(() => undefined);
    // What the server rejects is rolled back, also in the message that ends with COMMIT.
    const isRejected = !isCommitted && (isSqlError(error) || !mayBeCommitted);
    return isRejected
      ? { end: 'rejected', durations, failed, error }
      : {
          end: 'lost',
          durations,
          error,
          pid: (inside ?? own).announcedPid,
        };
  } finally {
    await inside?.close().catch(() => undefined);
  }
};

const isSqlError = (error: unknown): boolean =>
  error instanceof Error && error.name === 'SqlError';
