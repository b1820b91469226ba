import { Client } from 'pg';
import { quoteIdentifier } from '../decide/postgres/sql';
import type { Instance } from './instance';

/** A statement, who runs it, and where. */
export interface Statement {
  sql: string;
  /** A role. Default: the superuser. */
  as?: string;
  /** Default: `postgres`. */
  database?: string;
}

/** What the server said to a statement. */
export interface Refusal extends Statement {
  message: string;
}

/**
 * Runs statements as a role would run them: the superuser connects and becomes it.
 * @returns the statements that the server refused
 */
export const tryStatements = async (
  instance: Instance,
  statements: readonly Statement[],
): Promise<Refusal[]> => {
  const refused: Refusal[] = [];
  const clients = new Map<string, Client>();
  try {
    for (const statement of statements) {
      const { sql, as, database = 'postgres' } = statement;
      try {
        const client =
          clients.get(database) ?? (await connect(instance, database));
        clients.set(database, client);
        await client.query(
          as === undefined
            ? 'RESET SESSION AUTHORIZATION'
            : `SET SESSION AUTHORIZATION ${quoteIdentifier(as)}`,
        );
        await client.query(sql);
      } catch (error) {
        refused.push({ ...statement, message: (error as Error).message });
      }
    }
  } finally {
    await Promise.all([...clients.values()].map(client => client.end()));
  }
  return refused;
};

/** @throws Error with each statement that the server refused */
export const runStatements = async (
  instance: Instance,
  statements: readonly Statement[],
): Promise<void> => {
  const refused = await tryStatements(instance, statements);
  if (refused.length > 0)
    throw new Error(
      refused
        .map(
          ({ sql, as = 'The superuser', database = 'postgres', message }) =>
            `${as} in ${database}: ${sql}: ${message}`,
        )
        .join('\n'),
    );
};

const connect = async (
  instance: Instance,
  database: string,
): Promise<Client> => {
  const client = new Client({
    host: 'localhost',
    port: instance.port,
    user: instance.superuser.username,
    password: instance.superuser.password,
    database,
    ssl: { ca: instance.ca },
    // What a test sets for the database is not meant for whoever prepares it.
    options:
      '-c role=none -c statement_timeout=0 -c default_transaction_read_only=off -c search_path=public -c idle_session_timeout=0',
  });
  await client.connect();
  return client;
};
