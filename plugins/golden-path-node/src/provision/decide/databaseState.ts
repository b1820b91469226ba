import type { Finding } from './finding';
import type { ObservedDatabase } from './observation';
import { quoteIdentifier } from './postgres/sql';

/** `datconnlimit` of a database whose DROP DATABASE was interrupted (PostgreSQL 15.4 release notes). */
const INVALID = -2;

type State = Pick<
  ObservedDatabase,
  'name' | 'owner' | 'connectionLimit' | 'allowsConnections' | 'sessions'
>;

/**
 * Finds in the database's own settings what keeps its app out. An entry declares none of them, so a run doesn't change
 * them. The owner can, from any database.
 */
export const findClosedDatabase = (database: State): Finding | undefined => {
  const { name, connectionLimit, allowsConnections, sessions } = database;
  if (connectionLimit === INVALID) {
    return {
      kind: 'drift',
      text: `Database ${name} is invalid: a DROP DATABASE of it was interrupted, and part of its data is gone. Drop it; the next run creates it anew.`,
      remedy: remedyOf(database, 'DROP DATABASE', ''),
    };
  }
  if (!allowsConnections) {
    return {
      kind: 'drift',
      text: `Database ${name} accepts no connections (ALLOW_CONNECTIONS is false).`,
      remedy: remedyOf(database, 'ALTER DATABASE', ' ALLOW_CONNECTIONS true'),
    };
  }
  if (connectionLimit >= 0 && sessions >= connectionLimit) {
    return {
      kind: 'drift',
      text: `Database ${name} has CONNECTION LIMIT ${connectionLimit}, which the entry doesn't declare${
        connectionLimit === 0 ? '' : `, and ${sessions} sessions use it up`
      }.`,
      remedy: remedyOf(database, 'ALTER DATABASE', ' CONNECTION LIMIT -1'),
    };
  }
  return undefined;
};

/** What the settings of the database say without a login. A limit that still has room keeps nobody out. */
export const findDatabaseSettings = (database: State): Finding[] => {
  const { name, connectionLimit } = database;
  // Sessions come and go: whether they use a limit up, the login tells.
  const closed = findClosedDatabase({ ...database, sessions: 0 });
  if (closed) return [closed];
  return connectionLimit > 0
    ? [
        {
          kind: 'told',
          text: `Database ${name} has CONNECTION LIMIT ${connectionLimit}.`,
          remedy: remedyOf(database, 'ALTER DATABASE', ' CONNECTION LIMIT -1'),
        },
      ]
    : [];
};

const remedyOf = ({ name, owner }: State, verb: string, option: string) => ({
  role: owner,
  database: 'postgres',
  sql: `${verb} ${quoteIdentifier(name)}${option};`,
});
