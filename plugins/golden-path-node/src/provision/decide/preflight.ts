import { InputError } from '@backstage/errors';
import { parseMark } from './mark';
import {
  isMaster,
  majorVersion,
  ObservedServer,
  OLDEST_VERSION,
} from './observation';
import { quoteIdentifier } from './postgres/sql';

/** Creates the error for all problems found before the first change, one per line. */
export const createPreflightError = (problems: readonly string[]): InputError =>
  new InputError(
    problems.length === 1
      ? problems[0]
      : `${problems.length} problems to fix first:\n${problems
          .map(problem => `  ${problem}`)
          .join('\n')}`,
  );

/** Findings printed one by one; of the rest only the number is printed. */
const NAMED = 5;

/** Describes unmanaged databases that every role may connect to, one per line. */
export const describeOpenDatabases = (names: readonly string[]): string[] =>
  limitLines(
    names.map(
      name =>
        `every role may connect to the unmanaged database ${name}. Its owner can run: REVOKE CONNECT, TEMPORARY ON DATABASE ${quoteIdentifier(
          name,
        )} FROM PUBLIC;`,
    ),
    'unmanaged databases are open to every role',
  );

/** Describes where PUBLIC has CREATE in database `postgres`, one per line. Every role may connect to it. */
export const describePublicCreate = (names: readonly string[]): string[] =>
  names.map(
    name =>
      `every role has CREATE on ${name} in database postgres, as after an upgrade from PostgreSQL 14. Its owner can run there: REVOKE CREATE ON ${name} FROM PUBLIC;`,
  );

/**
 * Describes roles that have a mark of this environment but no entry any more, one per line.
 * @param marked undeclared roles with a mark of any environment
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
            `role ${name}, managed by secret ${path}, has no entry any more, but can still log in. Declare it again, or drop its database and the role by hand.`,
          ]
        : [];
    }),
    'managed roles have no entry any more',
  );

const limitLines = (lines: readonly string[], others: string): string[] => [
  ...lines.slice(0, NAMED),
  ...(lines.length > NAMED ? [`${lines.length - NAMED} more ${others}.`] : []),
];

/** What a check with a login that only reads can't tell. */
export const READ_ONLY_NOTE =
  'This login only reads: the check shows drift, but not whether the master may repair it.';

/**
 * Finds what makes any run impossible on this server, one per line, each with the next step.
 * @param isCheck - a check changes nothing, so a login without any of the master's rights will do
 */
export const findServerProblems = (
  server: ObservedServer,
  isCheck = false,
): string[] => {
  const problems: string[] = [];
  if (majorVersion(server) < OLDEST_VERSION) {
    problems.push(
      `PostgreSQL ${server.versionName} is not supported: PUBLIC has CREATE on schema public of every database. Upgrade the instance to ${OLDEST_VERSION} or newer.`,
    );
  }
  if (server.isInRecovery) {
    problems.push(
      'The instance is a read replica, or is being restored. Use the endpoint of the primary.',
    );
  }
  if (isCheck && !isMaster(server)) return problems;
  const missing = [
    ...(server.canCreateDatabases ? [] : ['CREATEDB']),
    ...(server.canCreateRoles ? [] : ['CREATEROLE']),
  ];
  if (missing.length > 0) {
    problems.push(
      `The master ${server.currentUser} lacks ${missing.join(
        ' and ',
      )}. A superuser must run: ALTER ROLE ${quoteIdentifier(
        server.currentUser,
      )} ${missing.join(' ')};`,
    );
  }
  return problems;
};

/** Finds what would make this run fail half way. */
export const findRunProblems = (
  server: ObservedServer,
  run: {
    /** Connections for databases in progress, and additional ones (`beside`). */
    concurrency: number;
    beside: number;
    announcedPid: number | undefined;
  },
): string[] => {
  const problems: string[] = [];
  // A pooler announces a made-up process id at login: it has no backend of its own.
  if (run.announcedPid !== server.backendPid) problems.push(POOLER);
  const left = server.freeConnections - run.beside;
  if (left < run.concurrency) {
    problems.push(
      left < 1
        ? `The instance has ${server.freeConnections} free connections, too few for this run. Raise max_connections, or wait until other sessions end.`
        : `The instance has ${
            server.freeConnections
          } free connections, and this run uses ${
            run.concurrency + run.beside
          }. Run it with --concurrency ${left}.`,
    );
  }
  return problems;
};

/** Why a run rejects a pooler. */
export const POOLER =
  'The endpoint is a connection pooler, which breaks the lock between runs. Use the endpoint of the instance itself.';
