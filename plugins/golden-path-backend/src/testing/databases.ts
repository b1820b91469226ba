import knexFactory, { Knex } from 'knex';
import { startTemporaryPostgres } from '../../../../tests/support/temporaryPostgres';
import { createStore } from '../store';

/** A PostgreSQL with a schema for each test, as Backstage has one for each plugin. */
export const startSchemas = async () => {
  const postgres = await startTemporaryPostgres();
  const clients: Knex[] = [];
  let schemas = 0;
  const connect = (schema: string) => {
    const client = knexFactory({
      client: 'pg',
      searchPath: [schema],
      connection: {
        host: postgres.host,
        port: postgres.port,
        user: postgres.databases.backstage.username,
        password: postgres.databases.backstage.password,
        database: 'backstage',
        ssl: { ca: postgres.ca },
      },
      pool: { min: 0, max: 10 },
    });
    clients.push(client);
    return client;
  };
  return {
    /** An empty schema. @returns opens a replica on it: a store with connections of its own */
    schema: async () => {
      schemas += 1;
      const name = `s${schemas}`;
      await connect(name).raw(`CREATE SCHEMA ${name}`);
      return {
        replica: async () => {
          const client = connect(name);
          const store = await createStore({ getClient: async () => client });
          return { client, store };
        },
      };
    },
    stop: async () => {
      for (const client of clients) await client.destroy();
      await postgres.stop();
    },
  };
};
