import { NotFoundError } from '@backstage/errors';
import type {
  DatabaseUsage,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  explainMasterError,
  explainServerError,
} from '../decide/postgres/connectionErrors';
import { OBSERVE_USAGE, UsageRow } from '../decide/postgres/usageSql';
import { readMaster } from './readCredentials';
import type { ProvisionOptions, ProvisionPorts } from './run';

/** @public */
export interface InspectUsageInput extends RequestKey {
  options?: Pick<
    ProvisionOptions,
    'masterSecret' | 'secretPrefix' | 'host' | 'port' | 'signal'
  >;
}

/**
 * Reads size, connections and counters of a database, as the master, in a session that only reads. Doesn't connect to the
 * database itself.
 * @throws NotFoundError when the instance has no such database
 * @throws InputError, AuthenticationError, ServiceUnavailableError as `provision`
 *
 * @public
 */
export const inspectUsage = async (
  { environment, databaseName, options = {} }: InspectUsageInput,
  ports: Pick<ProvisionPorts, 'secrets' | 'connect' | 'now'>,
): Promise<DatabaseUsage> => {
  const { master } = await readMaster(
    { ...options, environment, entries: [], allowMissing: false },
    ports,
  );
  const session = await ports
    .connect({
      ...master,
      database: 'postgres',
      applicationName: `goldenpath-rds ${environment}`,
      settings: 'read-only',
      signal: options.signal,
    })
    .catch(error => {
      throw explainMasterError(error, master);
    });
  try {
    const [row] = await session
      .query<UsageRow>(OBSERVE_USAGE, [databaseName])
      .catch(error => {
        throw explainServerError(error, master);
      });
    if (!row) {
      throw new NotFoundError(
        `${master.host}:${master.port} has no database ${JSON.stringify(
          databaseName,
        )}.`,
      );
    }
    return {
      observedAt: ports.now().toISOString(),
      sizeBytes: row.sizeBytes === null ? undefined : Number(row.sizeBytes),
      connections: row.sessions.reduce((sum, { count }) => sum + count, 0),
      sessions: row.sessions,
      lastStateChange: row.lastStateChange?.toISOString(),
      sessionsOpened: Number(row.sessionsOpened),
      transactions: Number(row.transactions),
      countedSince: row.countedSince?.toISOString(),
    };
  } finally {
    await session.close();
  }
};
