import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { ProvisionEvent } from './decide/events';
import type { SecretReading } from './decide/secretValues';

/**
 * Reads secrets: one reading a path, in the same order.
 *
 * @public
 */
export interface SecretsReader {
  /** `onRead` is told how many of them have been asked for so far. */
  read(
    paths: readonly string[],
    onRead?: (done: number) => void,
  ): Promise<SecretReading[]>;
}

/**
 * Whom to log in as, and where.
 *
 * @public
 */
export interface ConnectTarget {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  /** How the server and others on it see the session. */
  applicationName: string;
  /** Have the server itself refuse every change. */
  isReadOnly: boolean;
  /** Ends an attempt that is under way; a session that stands goes on. */
  signal?: AbortSignal;
}

/**
 * One connection to PostgreSQL.
 *
 * @public
 */
export interface Session {
  /** The server process as it was announced at login. */
  announcedPid: number | undefined;
  /** Aborted when the connection is gone without having been closed. */
  lost: AbortSignal;
  /**
   * Runs one statement.
   * @throws SqlError for what the server said, warnings (class 01) included
   * @throws ServiceUnavailableError when the connection is gone
   */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * @throws SqlError for what the server said to the login
 * @throws ServiceUnavailableError when it can't be reached, its certificate doesn't verify, or the attempt was ended
 *
 * @public
 */
export type Connect = (target: ConnectTarget) => Promise<Session>;

/** @public */
export interface AuditSink {
  /** Finds out whether rows can be written, before there are any. */
  prepare(): Promise<void>;
  read(): Promise<AuditRow[]>;
  /** Resolves once the rows are on disk. */
  append(rows: readonly AuditRow[]): Promise<void>;
}

/** @public */
export type ProvisionReporter = (event: ProvisionEvent) => void;
