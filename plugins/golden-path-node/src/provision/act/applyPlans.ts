import { listChanges, DatabasePlan } from '../decide/plan';
import type { ApplyOutcome } from '../decide/results';
import { needsVerifier, SqlContext } from '../decide/postgres/sql';
import { isTooManyConnections } from '../decide/postgres/sqlState';
import type { Session } from '../ports';
import { applyPlan, PlanOptions } from './applyPlan';
import type { Track } from './trackProgress';

export interface ApplyOptions extends Omit<PlanOptions, 'context'> {
  concurrency: number;
  failFast: boolean;
  verifierOf(username: string): Promise<string>;
  track: Track;
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
          applyOne(one, plan, options),
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

const applyOne = async (
  session: Session,
  plan: DatabasePlan,
  options: ApplyOptions,
): Promise<ApplyOutcome> => {
  const context: SqlContext = {
    version: options.version,
    verifier: listChanges(plan).some(needsVerifier)
      ? await options.verifierOf(plan.username)
      : undefined,
  };
  return applyPlan(session, plan, { ...options, context });
};
