import type { InsideQuestions } from '../decide/inside';
import {
  LoginResult,
  majorVersion,
  ObservedServer,
} from '../decide/observation';
import {
  insideAgainSql,
  insideSql,
  readInside,
} from '../decide/postgres/insideSql';
import { describeSchemaProblems } from '../decide/postgres/observeSql';
import { isCancelled } from '../decide/postgres/sqlState';
import type { Session } from '../ports';

/** A statement_timeout of the role may cancel the very statement that lifts it. */
const ATTEMPTS = 20;

/**
 * Looks inside a database, in the session of its role.
 * @throws ServiceUnavailableError when the connection is lost
 */
export const inspectDatabase = async (
  session: Session,
  {
    databaseName,
    username,
    server,
    questions,
  }: {
    databaseName: string;
    username: string;
    server: ObservedServer;
    questions: InsideQuestions;
  },
): Promise<LoginResult> => {
  const version = majorVersion(server);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const results = await session.queryAll(
        attempt === 1
          ? insideSql(version, questions)
          : insideAgainSql(version, questions),
      );
      const { isInRecovery, schema, ...seen } = readInside(questions, results);
      return isInRecovery
        ? notSeen('the server has become a standby')
        : {
            outcome: 'works',
            inside: describeSchemaProblems(
              databaseName,
              username,
              schema,
              server.superuser,
            ),
            seen,
          };
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'SqlError') throw error;
      if (isCancelled(error) && attempt < ATTEMPTS) continue;
      return notSeen(message);
    }
  }
};

const notSeen = (cause: string): LoginResult => ({
  outcome: 'works',
  inside: [],
  unchecked: [`nothing inside the database is checked: ${cause}`],
});
