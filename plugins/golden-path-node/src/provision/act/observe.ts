import { setTimeout as sleep } from 'node:timers/promises';
import createLimit from 'p-limit';
import type { DesiredDatabase } from '../decide/desired';
import type { Finding } from '../decide/finding';
import { parseMark } from '../decide/mark';
import {
  LoginResult,
  majorVersion,
  Observation,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../decide/observation';
import {
  describeSchemaProblems,
  OBSERVE_DATABASES,
  OBSERVE_INSIDE,
  SchemaPublic,
  observeRoles,
} from '../decide/postgres/observeSql';
import { isPreparedAlikeByClients } from '../decide/postgres/scram';
import {
  isDatabaseMissing,
  isTooManyConnections,
  isWrongPassword,
} from '../decide/postgres/sqlState';
import type { Session } from '../ports';
import { observeUndeclared } from './observeUndeclared';
import type { Track } from './trackProgress';

/** Reads the roles and databases that the entries name, with one query each. Tests no login. */
export const observeInstance = async (
  session: Session,
  server: ObservedServer,
  desired: readonly DesiredDatabase[],
): Promise<Observation> => {
  const roles = await session.query<ObservedRole>(
    observeRoles(majorVersion(server)),
    [desired.map(({ username }) => username)],
  );
  const databases = await session.query<ObservedDatabase>(OBSERVE_DATABASES, [
    desired.map(({ databaseName }) => databaseName),
  ]);
  return {
    server,
    roles: byName(
      roles.map(role => ({ ...role, comment: role.comment ?? undefined })),
    ),
    databases: byName(databases),
    logins: new Map(),
    undeclared: await observeUndeclared(session, server, desired),
    objects: new Map(),
  };
};

const byName = <T extends { name: string }>(rows: T[]) =>
  new Map(rows.map(row => [row.name, row]));

/** Selects the roles whose mark has the current secret version. The plan of every other role needs no login. */
export const selectLoginCandidates = (
  desired: readonly DesiredDatabase[],
  { roles }: Observation,
): DesiredDatabase[] =>
  desired.filter(({ username, secret }) => {
    const role = roles.get(username);
    const mark = parseMark(role?.comment);
    return (
      role?.canLogin &&
      !role.expires &&
      mark?.path === secret.path &&
      mark.versionId === secret.versionId
    );
  });

export interface LoginOptions {
  concurrency: number;
  /** Whether to inspect the database's schema too. */
  inspectDatabase: boolean;
  connect(login: {
    username: string;
    password: string;
    database: string;
  }): Promise<Session>;
  getPassword(username: string): string;
  track: Track;
}

/** Logs in as each role, to its own database. */
export const observeLogins = async (
  candidates: readonly DesiredDatabase[],
  options: LoginOptions,
): Promise<Map<string, LoginResult>> => {
  const limit = createLimit(options.concurrency);
  const results = await Promise.all(
    candidates.map(candidate =>
      limit(async (): Promise<[string, LoginResult]> => {
        try {
          const login = await options.track(candidate.databaseName, () =>
            observeLogin(candidate, options),
          );
          return [candidate.username, login];
        } catch (error) {
          // The server is unreachable: skip the remaining logins.
          limit.clearQueue();
          throw error;
        }
      }),
    ),
  );
  return new Map(results);
};

const ATTEMPTS = 3;

const observeLogin = async (
  { databaseName, username }: DesiredDatabase,
  { connect, inspectDatabase, getPassword }: LoginOptions,
): Promise<LoginResult> => {
  const password = getPassword(username);
  if (!isPreparedAlikeByClients(password)) {
    return {
      outcome: 'untested',
      reason:
        'login not checked: its password has characters that PostgreSQL clients normalize differently. Generate another with terraform apply -replace',
    };
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const session = await connect({
        username,
        password,
        database: databaseName,
      });
      try {
        return {
          outcome: 'works',
          inside: inspectDatabase
            ? await observeInside(session, databaseName, username)
            : [],
        };
      } finally {
        await session.close();
      }
    } catch (error) {
      if (isTooManyConnections(error) && attempt < ATTEMPTS) {
        await sleep(200 * attempt);
        continue;
      }
      return classifyFailedLogin(error);
    }
  }
};

const observeInside = async (
  session: Session,
  databaseName: string,
  username: string,
): Promise<Finding[]> => {
  const [schema] = await session.query<SchemaPublic>(OBSERVE_INSIDE);
  return describeSchemaProblems(databaseName, username, schema);
};

const classifyFailedLogin = (error: unknown): LoginResult => {
  if (isWrongPassword(error)) return { outcome: 'wrong password' };
  // The server checks the password first, then the database.
  if (isDatabaseMissing(error)) return { outcome: 'works', inside: [] };
  const { name, message } = error as Error;
  if (isTooManyConnections(error)) {
    return {
      outcome: 'untested',
      reason: `login not checked: no free connection: ${message}`,
    };
  }
  if (name === 'SqlError') return { outcome: 'shut out', reason: message };
  throw error;
};
