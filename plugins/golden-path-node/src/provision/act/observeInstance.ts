import type { DesiredDatabase } from '../decide/desired';
import { parseMark } from '../decide/mark';
import {
  majorVersion,
  Observation,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../decide/observation';
import { OBSERVE_DATABASES, observeRoles } from '../decide/postgres/observeSql';
import type { Session } from '../ports';
import { observeUndeclared } from './observeUndeclared';

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
