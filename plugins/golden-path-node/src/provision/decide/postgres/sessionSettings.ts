/**
 * Settings of a session of ours, as statements after the login: as startup options they would also hold for what runs at
 * the login itself, such as a login event trigger, and poolers reject them.
 */
export const sessionSettings = (options: {
  isReadOnly: boolean;
  /** Longest wait of a statement for a lock, in ms. */
  blockedTimeoutMs: number;
}): string =>
  [
    // The master may have settings of its own: `ALTER ROLE … SET`, for the instance or the database.
    'SET statement_timeout = 0',
    'SET ROLE NONE',
    // A function in schema public must not replace one of PostgreSQL's own (CVE-2018-1058).
    'SET search_path = pg_catalog',
    `SET lock_timeout = ${options.blockedTimeoutMs}`,
    'SET idle_session_timeout = 0',
    'SET idle_in_transaction_session_timeout = 0',
    'SET client_min_messages = warning',
    `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED, ${
      options.isReadOnly ? 'READ ONLY' : 'READ WRITE'
    }`,
    // Servers before 17 don't know it. It must not cancel CREATE DATABASE or the wait for the lock.
    `SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'`,
  ].join('; ');
