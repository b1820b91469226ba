import { InputError } from '@backstage/errors';
import { parseMark } from './mark';
import { majorVersion, ObservedServer, OLDEST_VERSION } from './observation';
import { quoteIdentifier } from './postgres/sql';

/** The error for all that was found beforehand, a line each. */
export const createPreflightError = (problems: readonly string[]): InputError =>
  new InputError(
    problems.length === 1
      ? problems[0]
      : `${problems.length} things are in the way:\n${problems
          .map(problem => `  ${problem}`)
          .join('\n')}`,
  );

/** So many are limitLines each; of the others their number says enough. */
const NAMED = 5;

/** What to say about databases that nobody declares, and that every role may enter. A line each. */
export const describeOpenDatabases = (names: readonly string[]): string[] =>
  limitLines(
    names.map(
      name =>
        `every role may enter the database ${name}, which nobody declares here. Its owner can run: REVOKE CONNECT, TEMPORARY ON DATABASE ${quoteIdentifier(
          name,
        )} FROM PUBLIC;`,
    ),
    'databases that nobody declares here stand open like these',
  );

/** What to say about where in `postgres`, which every role may enter, everyone may create. A line each. */
export const describePublicCreate = (names: readonly string[]): string[] =>
  names.map(
    name =>
      `every role may create in ${name} of the database postgres, as after an upgrade from PostgreSQL 14. Its owner can run there: REVOKE CREATE ON ${name} FROM PUBLIC;`,
  );

/**
 * What to say about roles that carry a mark of this environment, and that no entry declares any more. A line each.
 * @param marked roles with a mark of any environment, without those that are declared
 */
export const describeAbandonedRoles = (
  marked: ReadonlyArray<{ name: string; comment: string }>,
  isOfEnvironment: (secretPath: string) => boolean,
): string[] =>
  limitLines(
    marked.flatMap(({ name, comment }) => {
      const path = parseMark(comment)?.path;
      return path !== undefined && isOfEnvironment(path)
        ? [
            `the role ${name} was made from the secret ${path}, and no entry declares it any more; it still logs in. Declare it again, or drop its database and the role by hand.`,
          ]
        : [];
    }),
    'roles that no entry declares any more are there like these',
  );

const limitLines = (lines: readonly string[], others: string): string[] => [
  ...lines.slice(0, NAMED),
  ...(lines.length > NAMED ? [`${lines.length - NAMED} more ${others}.`] : []),
];

/** What makes a run impossible on this server, whatever the plan. A line each, with what to do next. */
export const findServerProblems = (server: ObservedServer): string[] => {
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
      )}. A superuser has to run: ALTER ROLE ${quoteIdentifier(
        server.currentUser,
      )} ${missing.join(' ')};`,
    );
  }
  return problems;
};

/** What would make this very run go wrong half way. */
export const findRunProblems = (
  server: ObservedServer,
  run: {
    /** Connections that are opened one for each database that is worked on, and those beside them. */
    concurrency: number;
    beside: number;
    announcedPid: number | undefined;
  },
): string[] => {
  const problems: string[] = [];
  // A pooler makes up the process id that it announces at login, because it has no process of its own to name.
  if (run.announcedPid !== server.backendPid) problems.push(POOLER);
  const left = server.freeConnections - run.beside;
  if (left < run.concurrency) {
    problems.push(
      left < 1
        ? `The instance has ${server.freeConnections} free connections, too few for this run. Raise max_connections, or wait until others have left.`
        : `The instance has ${
            server.freeConnections
          } free connections and this run would use ${
            run.concurrency + run.beside
          }. Give --concurrency ${left}.`,
    );
  }
  return problems;
};

/** Why nothing is done through a pooler. */
export const POOLER =
  'There is a connection pooler in between, which breaks the lock that keeps two runs apart. Give the endpoint of the instance itself.';
