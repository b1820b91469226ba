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

/** Runs statements as a role would run them: the superuser connects and becomes it. */
export const runStatements = async (
  instance: Instance,
  statements: readonly Statement[],
): Promise<void> => {
  for (const { sql, as, database = 'postgres' } of statements) {
    const client = new Client({
      host: 'localhost',
      port: instance.port,
      user: instance.superuser.username,
      password: instance.superuser.password,
      database,
      ssl: { ca: instance.ca },
      // What a test sets for the database is not meant for whoever prepares it.
      options:
        '-c statement_timeout=0 -c default_transaction_read_only=off -c search_path=public',
    });
    await client.connect();
    try {
      if (as !== undefined)
        await client.query(`SET SESSION AUTHORIZATION ${quoteIdentifier(as)}`);
      await client.query(sql);
    } catch (error) {
      throw new Error(
        `${as ?? 'The superuser'} in ${database}: ${sql}: ${
          (error as Error).message
        }`,
      );
    } finally {
      await client.end();
    }
  }
};
