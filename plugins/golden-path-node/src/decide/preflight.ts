import { majorVersion, ObservedServer, OLDEST_VERSION } from './observation';

/** What makes a run impossible on this server, whatever the plan. A line each, with what to do next. */
export const serverProblems = (server: ObservedServer): string[] => {
  const problems: string[] = [];
  if (majorVersion(server) < OLDEST_VERSION) {
    problems.push(
      `PostgreSQL ${server.versionName} is too old: in it everyone may create in schema public of every database. Upgrade the instance to ${OLDEST_VERSION} or newer.`,
    );
  }
  if (server.isInRecovery) {
    problems.push(
      'The instance is a read replica, or is being restored. Give the endpoint of the primary.',
    );
  }
  const missing = [
    ...(server.canCreateDatabases ? [] : ['CREATEDB']),
    ...(server.canCreateRoles ? [] : ['CREATEROLE']),
  ];
  if (missing.length > 0) {
    problems.push(
      `The master ${server.currentUser} lacks ${missing.join(
        ' and ',
      )}. A superuser has to run: ALTER ROLE "${
        server.currentUser
      }" ${missing.join(' ')};`,
    );
  }
  return problems;
};

/** What would make this very run go wrong half way. */
export const runProblems = (
  server: ObservedServer,
  run: { concurrency: number; announcedPid: number | undefined },
): string[] => {
  const problems: string[] = [];
  // A pooler makes up the process id that it announces at login, because it has no process of its own to name.
  if (run.announcedPid !== server.backendPid) {
    problems.push(
      'There is a connection pooler in between, which breaks the lock that keeps two runs apart. Give the endpoint of the instance itself.',
    );
  }
  if (server.freeConnections < run.concurrency) {
    problems.push(
      server.freeConnections < 1
        ? 'The instance has no free connection. Raise max_connections, or wait until others have left.'
        : `The instance has ${server.freeConnections} free connections and this run would use ${run.concurrency}. Give --concurrency ${server.freeConnections}.`,
    );
  }
  return problems;
};
