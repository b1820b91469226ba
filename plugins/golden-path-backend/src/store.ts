import {
  type DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { createDatabases } from './store/databases';
import { createLooks } from './store/looks';
import { createSources } from './store/sources';
import { createTransitions } from './store/transitions';

const PACKAGE = '@goldenpath/plugin-golden-path-backend';
/** Any number that nothing else locks in the plugin's database. */
const MIGRATION_LOCK = 7_007_007;

/** Opens the plugin's tables, created by its own migrations. Every replica may use them at once. */
export const createStore = async (
  database: Pick<DatabaseService, 'getClient' | 'migrations'>,
) => {
  const knex = await database.getClient();
  if (!database.migrations?.skip) await migrate(knex);
  return {
    ...createDatabases(knex),
    ...createLooks(knex),
    ...createTransitions(knex),
    ...createSources(knex),
  };
};
/**
 * Knex has a lock of its own, but creates the row for it without one: two replicas that start for the first time could both add a row,
 * and the lock would stay taken for ever. So they come one after the other.
 */
const migrate = async (knex: Knex): Promise<void> => {
  const latest = (): Promise<unknown> =>
    knex.migrate.latest({
      directory: resolvePackagePath(PACKAGE, 'migrations'),
      tableName: 'goldenpath_status_knex_migrations',
    });
  if (knex.client.dialect !== 'postgresql') {
    await latest();
    return;
  }
  await knex.transaction(async lock => {
    await lock.raw('SELECT pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    await latest();
  });
};
export type Store = Awaited<ReturnType<typeof createStore>>;
