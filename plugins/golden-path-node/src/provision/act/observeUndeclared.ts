import createLimit from 'p-limit';
import { describeReason } from '../../errors/describeReason';
import type { DesiredDatabase } from '../decide/desired';
import { INSTANCE_SETTINGS } from '../decide/harmfulSettings';
import type { ObjectsSeen, ObservedObject } from '../decide/planObjects';
import { majorVersion, ObservedServer } from '../decide/observation';
import { listObjects } from '../decide/postgres/objectsSql';
import { isPermissionDenied } from '../decide/postgres/sqlState';
import {
  OBSERVE_INSTANCE_SETTINGS,
  OBSERVE_SETTINGS,
  OBSERVE_WITH_DEFAULTS,
  observeGrantees,
  observeMembers,
  observeOwners,
} from '../decide/postgres/undeclaredSql';
import type { Undeclared } from '../decide/undeclared';
import type { Session } from '../ports';

/** Reads what the entries don't declare, with one query each for all entries. */
export const observeUndeclared = async (
  session: Session,
  server: ObservedServer,
  desired: readonly DesiredDatabase[],
): Promise<Undeclared> => {
  const version = majorVersion(server);
  const roles = desired.map(({ username }) => username);
  const databases = desired.map(({ databaseName }) => databaseName);
  return {
    settings: await session.query(OBSERVE_SETTINGS, [roles, databases]),
    instanceSettings: await session.query(OBSERVE_INSTANCE_SETTINGS, [
      INSTANCE_SETTINGS,
    ]),
    members: await session.query(observeMembers(version), [roles]),
    grantees: await session.query(observeGrantees(version), [roles, databases]),
    owners: await session.query(observeOwners(version), [roles, databases]),
    withDefaults: (
      await session.query<{ name: string }>(OBSERVE_WITH_DEFAULTS, [databases])
    ).map(({ name }) => name),
  };
};

/** Reads the objects in each database that don't belong to its role, with a connection of the master to each. */
export const observeObjects = async (
  candidates: readonly DesiredDatabase[],
  {
    version,
    concurrency,
    connect,
  }: {
    version: number;
    concurrency: number;
    connect(database: string): Promise<Session>;
  },
): Promise<Map<string, ObjectsSeen>> => {
  const limit = createLimit(concurrency);
  const seen = await Promise.all(
    candidates.map(({ databaseName, username }) =>
      limit(async (): Promise<[string, ObjectsSeen]> => {
        try {
          const session = await connect(databaseName);
          try {
            const objects = await session.query<ObservedObject>(
              listObjects(version),
              [username],
            );
            return [databaseName, { objects }];
          } finally {
            await session.close();
          }
        } catch (error) {
          return [
            databaseName,
            {
              problem: describeReason(error as Error),
              isDenied: isPermissionDenied(error),
            },
          ];
        }
      }),
    ),
  );
  return new Map(seen);
};
