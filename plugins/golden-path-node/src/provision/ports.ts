import type {
  AuditAction,
  AuditRow,
} from '@goldenpath/plugin-golden-path-common';
import type { ProvisionEvent } from './decide/events';
import type { SecretReading } from './decide/secretValues';

/**
 * Reads secrets. Returns one reading per path, in the same order.
 *
 * @public
 */
export interface SecretsReader {
  /** Calls `onRead` with the number of secrets read so far. */
  read(
    paths: readonly string[],
    onRead?: (done: number) => void,
  ): Promise<SecretReading[]>;
}

/**
 * Server, database and login of one connection.
 *
 * @public
 */
export interface ConnectTarget {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  /** `application_name`, as shown in pg_stat_activity. */
  applicationName: string;
  /**
   * `own`: those of role and database, and nothing of ours: the login of an app. The others set ours with the first query;
   * `read-only`: the server rejects every change.
   */
  settings: 'own' | 'read-only' | 'read-write';
  /** Cancels a connection attempt; has no effect on an open session. */
  signal?: AbortSignal;
}

/**
 * One connection to PostgreSQL.
 *
 * @public
 */
export interface Session {
  /** Process id that the server announced at login. */
  announcedPid: number | undefined;
  /** Aborted when the connection ends before `close`. */
  lost: AbortSignal;
  /**
   * Runs one statement.
   * @throws SqlError when the server rejects it, or warns that a GRANT or REVOKE did nothing (class 01)
   * @throws ServiceUnavailableError when the connection is lost
   */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs several statements in one message, which is one round trip.
   * @returns the rows of each
   * @throws as `query`
   */
  queryAll(sql: string): Promise<unknown[][]>;
  close(): Promise<void>;
}

/**
 * @throws SqlError when the server rejects the login
 * @throws ServiceUnavailableError when the server can't be reached, its certificate is invalid, or the attempt is
 * cancelled
 *
 * @public
 */
export type Connect = (target: ConnectTarget) => Promise<Session>;

/** @public */
export interface AuditSink {
  /** Checks that rows can be written. */
  prepare(): Promise<void>;
  /** Returns the rows; given actions, only those with one of them need to be among these. */
  read(actions?: readonly AuditAction[]): Promise<AuditRow[]>;
  /** Resolves once the rows are on disk. */
  append(rows: readonly AuditRow[]): Promise<void>;
}

/** @public */
export type ProvisionReporter = (event: ProvisionEvent) => void;
