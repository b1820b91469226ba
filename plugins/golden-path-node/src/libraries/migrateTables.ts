import type { Knex } from 'knex';

/** Any number that nothing else locks in a plugin's database. */
const MIGRATION_LOCK = 7_007_007;

/**
 * Creates or changes a plugin's tables by its migrations; several replicas may start at once.
 *
 * Knex has a lock of its own, but creates the row for it without one: two replicas that start for the first time could both add
 * a row, and the lock would stay taken for ever. So they come one after the other.
 *
 * @public
 */
export const migrateTables = async (
  knex: Knex,
  migrations: { directory: string; tableName: string },
): Promise<void> => {
  if (knex.client.dialect !== 'postgresql') {
    await knex.migrate.latest(migrations);
    return;
  }
  await knex.transaction(async lock => {
    await lock.raw('SELECT pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    await lock.migrate.latest(migrations);
  });
};
