import { InputError } from '@backstage/errors';
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

export const limitLines = (
  lines: readonly string[],
  others: string,
): string[] => [
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

/** How many databases a run may work on at a time, and what it has to say about that. */
export interface Capacity {
  /** Sessions of the master that apply changes. */
  workers: number;
  /** Logins of apps. */
  logins: number;
  problems: string[];
  notes: string[];
}

/** The number of connections that one limit still allows, with what it is and how to raise it. */
interface Room {
  free: number;
  what: string;
  raise: string;
}

/**
 * Fits the run to the connections that are free: by each limit that applies.
 * @param run - `workers` and `logins`: how many at a time, as asked for. `isApply`: the run holds the lock, on the connection that
 * observed the server, and opens one more to observe, which then applies changes too. `loginTest`: apps log in beside it.
 */
export const fitConnections = (
  server: ObservedServer,
  run: {
    workers: number;
    logins: number;
    isApply: boolean;
    loginTest: boolean;
  },
): Capacity => {
  const instance = {
    free: server.freeConnections,
    what: `The instance has ${server.freeConnections} free connections`,
    raise: 'raise max_connections, or wait until other sessions end',
  };
  const [tightest] = [instance, ...listMasterRooms(server)].sort(
    (a, b) => a.free - b.free,
  );
  const workers = clamp(tightest.free, run.workers);
  // More logins than workers take at most half of what is free: the rest is the apps'.
  const logins = clamp(
    instance.free - (run.isApply ? 1 : 0),
    Math.min(run.logins, Math.max(run.workers, Math.floor(instance.free / 2))),
  );
  const capacity = { workers, logins, problems: [], notes: [] };
  if (run.isApply && tightest.free < 1) {
    return {
      ...capacity,
      problems: [
        `${
          tightest.what
        }, too few for this run: it needs one beside the lock. ${capitalize(
          tightest.raise,
        )}.`,
      ],
    };
  }
  const used = [
    ...(run.isApply ? [{ ...tightest, number: workers }] : []),
    ...(run.loginTest ? [{ ...instance, number: logins }] : []),
  ].filter(({ number }) => number < run.workers);
  const least = used.sort((a, b) => a.number - b.number)[0];
  return least
    ? {
        ...capacity,
        notes: [
          `${least.what}, so this run works on ${least.number} at a time instead of ${run.workers}. Run it with --concurrency ${least.number}, or ${least.raise}.`,
        ],
      }
    : capacity;
};

const clamp = (free: number, wanted: number): number =>
  Math.max(1, Math.min(free, wanted));

const capitalize = (text: string): string =>
  text.charAt(0).toLocaleUpperCase('en') + text.slice(1);

/** The limits of the master's sessions. They don't hold for a superuser. */
const listMasterRooms = (server: ObservedServer): Room[] => {
  const { currentUser, isSuperuser } = server;
  if (isSuperuser) return [];
  return [
    {
      limit: server.masterLimit,
      sessions: server.masterSessions,
      whose: `The master ${currentUser}`,
      sql: `ALTER ROLE ${quoteIdentifier(currentUser)} CONNECTION LIMIT -1;`,
    },
    {
      limit: server.lockDatabaseLimit,
      sessions: server.lockDatabaseSessions,
      whose: 'Database postgres',
      sql: 'ALTER DATABASE postgres CONNECTION LIMIT -1;',
    },
  ]
    .filter(({ limit }) => limit >= 0)
    .map(({ limit, sessions, whose, sql }) => ({
      free: limit - sessions,
      what: `${whose} has CONNECTION LIMIT ${limit} and ${sessions} sessions`,
      raise: `raise it: ${sql.replace(/;$/, '')}`,
    }));
};

/** A pooler announces a made-up process id at login: it has no backend of its own. */
export const isPooled = (
  server: ObservedServer,
  announcedPid: number | undefined,
): boolean => announcedPid !== server.backendPid;

/** Why a run rejects a pooler. */
export const POOLER =
  'The endpoint is a connection pooler, which breaks the lock between runs. Use the endpoint of the instance itself.';
