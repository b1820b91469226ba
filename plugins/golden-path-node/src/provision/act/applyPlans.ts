import { setTimeout as sleep } from 'node:timers/promises';
import { AUDIT_ACTION_OF, Change, describeChange } from '../decide/change';
import type { ChangeRecord } from '../decide/events';
import { listChanges, DatabasePlan, PlannedStep } from '../decide/plan';
import { describeReason } from '../../errors/describeReason';
import type { ApplyOutcome } from '../decide/results';
import {
  needsVerifier,
  quoteIdentifier,
  SqlContext,
  printSql,
} from '../decide/postgres/sql';
import {
  isLockTimeout,
  isPasswordRefused,
  isPasswordRestricted,
  isTooManyConnections,
  isWorthRetrying,
} from '../decide/postgres/sqlState';
import type { Session } from '../ports';
import type { Track } from './trackProgress';

export interface ApplyOptions {
  concurrency: number;
  failFast: boolean;
  /** Major version of the server. */
  version: number;
  /** Connects the master. Default: to database `postgres`. */
  connect(database?: string): Promise<Session>;
  verifierOf(username: string): Promise<string>;
  now(): Date;
  /** Resolves once the records are on disk. */
  record(records: ChangeRecord[]): Promise<void>;
  track: Track;
  /** Called before each step. */
  shouldStop(): boolean;
}

/**
 * Applies the plans, several databases in parallel, each on one connection.
 * @param outcomes - receives the outcome of each plan, by database, also of those before an error
 * @returns `outcomes`
 * @throws the error of a failed connection or audit write
 */
export const applyPlans = async (
  plans: readonly DatabasePlan[],
  options: ApplyOptions,
  outcomes: Map<string, ApplyOutcome> = new Map(),
): Promise<Map<string, ApplyOutcome>> => {
  const queue = [...plans];
  let hasFailed = false;
  let working = 0;
  const isOver = () => options.shouldStop() || (hasFailed && options.failFast);

  const work = async () => {
    let session: Session | undefined;
    working += 1;
    try {
      while (queue.length > 0) {
        if (!isOver() && !session) {
          try {
            session = await options.connect();
          } catch (error) {
            // No connection is free: the others do the work.
            if (isTooManyConnections(error) && working > 1) return;
            if (!options.shouldStop()) throw error;
          }
        }
        const plan = queue.shift();
        if (!plan) return;
        const one = session;
        if (!one || isOver()) {
          outcomes.set(plan.databaseName, { outcome: 'stopped', changes: 0 });
          continue;
        }
        const outcome = await options.track(plan.databaseName, () =>
          applyPlan(one, plan, options),
        );
        outcomes.set(plan.databaseName, outcome);
        if (outcome.outcome === 'failed') hasFailed = true;
        if (one.lost.aborted) session = undefined;
      }
    } catch (error) {
      // Other workers finish their current step and start no other.
      hasFailed = true;
      queue.length = 0;
      throw error;
    } finally {
      working -= 1;
      await session?.close();
    }
  };
  const workers = Array.from(
    { length: Math.min(options.concurrency, plans.length) },
    work,
  );
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return outcomes;
};

const applyPlan = async (
  session: Session,
  plan: DatabasePlan,
  options: ApplyOptions,
): Promise<ApplyOutcome> => {
  const { databaseName: database, username } = plan;
  const context: SqlContext = {
    version: options.version,
    verifier: listChanges(plan).some(needsVerifier)
      ? await options.verifierOf(username)
      : undefined,
  };
  let changes = 0;
  for (const step of plan.steps) {
    if (options.shouldStop()) return { outcome: 'stopped', changes };
    const done = await applyStep(session, step, context, options);
    await options.record(
      done.records.map(record => ({ database, username, ...record })),
    );
    if (done.problem) {
      return { outcome: 'failed', changes, problem: done.problem };
    }
    changes += step.changes.length;
  }
  return { outcome: 'changed', changes };
};

type StepRecord = Omit<ChangeRecord, 'database' | 'username'>;

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 50;

/** Applies one step. Retries when it conflicts with another session. */
const applyStep = async (
  session: Session,
  step: PlannedStep,
  context: SqlContext,
  options: ApplyOptions,
): Promise<{ records: StepRecord[]; problem?: string }> => {
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryStep(session, step, context, options);
    if (!('error' in tried)) return tried;
    const { error, change, durationMs } = tried;
    if (!isWorthRetrying(error) || attempt === ATTEMPTS) {
      const problem = `could not ${describeChange(change)}: ${explainFailure(
        error,
      )}`;
      return {
        problem,
        records: [
          {
            action: AUDIT_ACTION_OF[change.kind],
            status: 'failed',
            durationMs,
            message: problem,
          },
        ],
      };
    }
    // A random delay keeps two sessions from conflicting again.
    await sleep(FIRST_DELAY_MS * 2 ** attempt * Math.random());
  }
};

const tryStep = async (
  own: Session,
  { inTransaction, as, inDatabase, changes }: PlannedStep,
  context: SqlContext,
  { now, connect }: ApplyOptions,
): Promise<
  | { records: StepRecord[] }
  | { error: unknown; change: Change; durationMs: number }
> => {
  const records: StepRecord[] = [];
  let change = changes[0];
  let start = now();
  let inside: Session | undefined;
  const elapsed = () => now().getTime() - start.getTime();
  try {
    if (inDatabase !== undefined) inside = await connect(inDatabase);
    const session = inside ?? own;
    if (inTransaction) await session.query('BEGIN');
    if (as) await session.query(`SET LOCAL ROLE ${quoteIdentifier(as)}`);
    for (change of changes) {
      start = now();
      await session.query(printSql(change, context));
      records.push({
        action: AUDIT_ACTION_OF[change.kind],
        status: 'success',
        durationMs: elapsed(),
        message: `${describeChange(change)}: ${change.reason}`,
      });
    }
    if (inTransaction) await session.query('COMMIT');
    return { records };
  } catch (error) {
    const durationMs = elapsed();
    // After a lost connection the server rolls back by itself.
    if (inTransaction && !inside)
      await own.query('ROLLBACK').catch(() => undefined);
    return { error, change, durationMs };
  } finally {
    await inside?.close();
  }
};

const explainFailure = (error: unknown): string => {
  const message = describeReason(error as Error);
  if (isLockTimeout(error))
    return `${message}. Another session's open transaction holds a lock on it. Find it in pg_stat_activity, end it, and run again.`;
  if (isPasswordRestricted(error))
    return `${message}. The instance has rds.restrict_password_commands on. Make the master a member of rds_password: GRANT rds_password TO CURRENT_USER;`;
  return isPasswordRefused(error)
    ? `${message}. The server's password policy rejects this password. Generate another with terraform apply -replace.`
    : message;
};
