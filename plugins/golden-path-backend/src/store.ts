import { setTimeout as wait } from 'node:timers/promises';
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
/** How long another replica may take to create the tables, in ms. */
const MIGRATION_MS = 60_000;
const PAUSE_MS = 200;

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
/** Knex fails where two replicas start at once: one creates the tables, and the other finds them on the next attempt. */
const migrate = async (knex: Knex): Promise<void> => {
  const end = Date.now() + MIGRATION_MS;
  for (;;) {
    try {
      await knex.migrate.latest({
        directory: resolvePackagePath(PACKAGE, 'migrations'),
        tableName: 'goldenpath_status_knex_migrations',
      });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await wait(PAUSE_MS);
    }
  }
};
export type Store = Awaited<ReturnType<typeof createStore>>;
