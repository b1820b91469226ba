import type { DesiredDatabase } from '../decide/desired';
import type { SeenAtLogin } from '../decide/postgres/loginFailure';
import { LOOK_AT_LOGIN, LookAtLogin } from '../decide/postgres/observeSql';
import type { Session } from '../ports';

/** Looks, as the master, at what decides on a login: role, database, their limits, and the instance's. */
export const lookAtLogin = async (
  session: Session,
  { login, databaseName }: DesiredDatabase,
): Promise<SeenAtLogin> => {
  const [row] = await session.query<LookAtLogin>(LOOK_AT_LOGIN, [
    login,
    databaseName,
  ]);
  return {
    isInRecovery: row.isInRecovery,
    freeConnections: row.freeConnections,
    ...(row.canLogin === null
      ? {}
      : {
          role: {
            canLogin: row.canLogin,
            connectionLimit: row.roleLimit,
            sessions: row.roleSessions,
            isIamOnly: row.isIamOnly,
          },
        }),
    ...(row.databaseName === null
      ? {}
      : {
          database: {
            name: row.databaseName,
            owner: row.owner,
            connectionLimit: row.databaseLimit,
            allowsConnections: row.allowsConnections,
            sessions: row.databaseSessions,
          },
        }),
  };
};
