import type { Knex } from 'knex';
import { LONGEST_AHEAD_MS } from '../decide/isLookDue';

const TABLE = 'goldenpath_looks';
/** GitHub is asked about a request at most this often, in ms. */
const LOOK_INTERVAL_MS = 10_000;
/** How long the time of a look is kept, in ms. */
const KEPT_MS = 24 * 60 * 60_000;

/** Shares looks at GitHub among replicas. */
export const createLooks = (knex: Knex) => ({
  /**
   * Whether this replica may ask GitHub about the request now: one statement decides, so at most one of all replicas may
   * every ten seconds.
   * @param now - in ms since 1970
   */
  claimLook: async (requestId: string, now: number): Promise<boolean> => {
    const claimed = await knex(TABLE)
      .insert({ request_id: requestId, looked_at: now })
      .onConflict('request_id')
      .merge({ looked_at: now })
      .where(`${TABLE}.looked_at`, '<=', now - LOOK_INTERVAL_MS)
      .orWhere(`${TABLE}.looked_at`, '>', now + LONGEST_AHEAD_MS)
      .returning('request_id');
    return claimed.length > 0;
  },

  /** When each request was looked at last, in ms since 1970. */
  listLooks: async (): Promise<Map<string, number>> =>
    new Map(
      (
        await knex<{ request_id: string; looked_at: string | number }>(
          TABLE,
        ).select('request_id', 'looked_at')
      ).map(row => [row.request_id, Number(row.looked_at)]),
    ),

  /** Forgets old looks. */
  forgetLooks: async (now: number): Promise<void> => {
    await knex(TABLE)
      .where('looked_at', '<', now - KEPT_MS)
      .delete();
  },
});
