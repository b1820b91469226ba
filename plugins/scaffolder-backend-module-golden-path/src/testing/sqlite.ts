import knexFactory, { Knex } from 'knex';
import libsql from 'libsql';
// Knex has no types for its dialects.
const BetterSqlite3: typeof Knex.Client = require('knex/lib/dialects/better-sqlite3');

/** Knex's better-sqlite3, on a build of SQLite that npm ships ready-made: docs/adr/0009. */
class LibsqlClient extends BetterSqlite3 {
  _driver() {
    return libsql;
  }
}

/** An empty SQLite database in memory. */
export const newSqlite = () => {
  const knex = knexFactory({
    client: LibsqlClient,
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  // Backstage tells databases apart by this name.
  knex.client.config.client = 'better-sqlite3';
  return knex;
};
