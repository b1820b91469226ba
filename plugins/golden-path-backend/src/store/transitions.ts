import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Transition } from '../decide/transition';

const TABLE = 'goldenpath_transitions';
/** How long a transition is kept, in ms: much longer than it is news, after which nobody is told anyway. */
const KEPT_MS = 90 * 24 * 60 * 60_000;

/** A transition that is taken, to be sent and marked as sent. */
export interface TakenTransition extends Transition {
  id: string;
  /** In ms since 1970. */
  createdAt: number;
  /** How often sending it has failed. */
  attempts: number;
}

interface Row {
  id: string | number;
  transition: string;
  created_at: string | number;
  attempts: number;
}

/**
 * Adds transitions, in the transaction that changes the status. One that is known already is left as it is.
 * @param newsSince - in ms since 1970; one that happened before is history, and recorded as sent
 */
export const addTransitions = async (
  transaction: Knex,
  transitions: readonly Transition[],
  { now, newsSince }: { now: number; newsSince: number },
): Promise<void> => {
  if (transitions.length === 0) return;
  await transaction(TABLE)
    .insert(
      transitions.map(transition => ({
        key: transition.key,
        request_id: transition.requestId,
        kind: transition.kind,
        transition: JSON.stringify(transition),
        created_at: now,
        claimed_until: 0,
        sent_at: Date.parse(transition.at) < newsSince ? now : null,
      })),
    )
    .onConflict('key')
    .ignore();
};

/** The transitions that nobody was notified about yet. */
export const createTransitions = (knex: Knex) => ({
  /**
   * Takes the oldest ones for this replica. What it doesn't mark as sent before the lease ends, any replica takes again:
   * one that was killed loses none.
   * @param now - in ms since 1970
   * @param leaseMs - longer than sending them all lasts
   */
  takeTransitions: async ({
    limit,
    leaseMs,
    now,
  }: {
    limit: number;
    leaseMs: number;
    now: number;
  }): Promise<TakenTransition[]> => {
    const free = () =>
      knex(TABLE).whereNull('sent_at').andWhere('claimed_until', '<=', now);
    const found = await free().orderBy('id').limit(limit).select('id');
    if (found.length === 0) return [];
    const token = randomUUID();
    // PostgreSQL checks the conditions again on a row that another replica has just taken.
    await free()
      .whereIn(
        'id',
        found.map(({ id }) => id),
      )
      .update({ taken_by: token, claimed_until: now + leaseMs });
    const taken: Row[] = await knex(TABLE)
      .where({ taken_by: token })
      .orderBy('id')
      .select('id', 'transition', 'created_at', 'attempts');
    return taken.map(row => ({
      ...(JSON.parse(row.transition) as Transition),
      id: String(row.id),
      createdAt: Number(row.created_at),
      attempts: row.attempts,
    }));
  },

  /** Nobody takes them again. */
  markSent: async (ids: readonly string[], now: number): Promise<void> => {
    await knex(TABLE).whereIn('id', ids).update({ sent_at: now });
  },

  /**
   * Gives them back: any replica takes them from `until` on, in ms since 1970.
   * @param isFailure - sending them was tried
   */
  postpone: async (
    ids: readonly string[],
    until: number,
    { isFailure } = { isFailure: false },
  ): Promise<void> => {
    const waiting = knex(TABLE).whereIn('id', ids).whereNull('sent_at');
    if (isFailure) waiting.increment('attempts', 1);
    await waiting.update({ claimed_until: until, taken_by: null });
  },

  /**
   * Forgets old ones, sent or not: without notifications nobody sends any. One that is found again has its old time, so it is
   * history and not told twice.
   * @param now - in ms since 1970
   */
  forgetTransitions: async (now: number): Promise<void> => {
    await knex(TABLE)
      .where('created_at', '<', now - KEPT_MS)
      .delete();
  },
});
