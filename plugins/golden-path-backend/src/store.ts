import {
  type DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { migrateTables } from '@goldenpath/plugin-golden-path-node';
import { createDatabases } from './store/databases';
import { createLooks } from './store/looks';
import { createSources } from './store/sources';
import { createTransitions } from './store/transitions';

const PACKAGE = '@goldenpath/plugin-golden-path-backend';

/** Opens the plugin's tables, created by its own migrations. Every replica may use them at once. */
export const createStore = async (
  database: Pick<DatabaseService, 'getClient' | 'migrations'>,
) => {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await migrateTables(knex, {
      directory: resolvePackagePath(PACKAGE, 'migrations'),
      tableName: 'goldenpath_status_knex_migrations',
    });
  }
  return {
    ...createDatabases(knex),
    ...createLooks(knex),
    ...createTransitions(knex),
    ...createSources(knex),
  };
};
export type Store = Awaited<ReturnType<typeof createStore>>;
