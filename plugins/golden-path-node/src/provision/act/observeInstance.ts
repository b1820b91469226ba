import type { ObservedClone } from '../decide/clone';
import type { DesiredDatabase } from '../decide/desired';
import { parseMark } from '../decide/mark';
import {
  majorVersion,
  Observation,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../decide/observation';
import { observeClones } from '../decide/postgres/cloneSql';
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
  const clones = await session.query<ObservedClone>(
    observeClones(majorVersion(server)),
    [desired.map(({ username }) => username)],
  );
  return {
    server,
    clones: new Map(clones.map(clone => [clone.owner, clone])),
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

/** Selects the logins whose mark has the current secret version. The plan of every other one needs no login. */
export const selectLoginCandidates = (
  desired: readonly DesiredDatabase[],
  { roles, clones }: Observation,
): DesiredDatabase[] =>
  desired.filter(({ username, login, secret }) => {
    const role =
      login === username ? roles.get(username) : clones.get(username);
    const mark = parseMark(role?.comment);
    return (
      role?.canLogin &&
      !role.expires &&
      mark?.path === secret.path &&
      mark.versionId === secret.versionId
    );
  });
