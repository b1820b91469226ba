import type { ObservedClone } from '../decide/clone';
import {
  majorVersion,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../decide/observation';
import type { ObservedObject } from '../decide/planObjects';
import { prepareObserveOne } from '../decide/postgres/observeSql';
import type { Session } from '../ports';

/** Prepares the statements of `observeOne` in a session; closes it if that fails. */
export const prepareLooks = async (
  session: Session,
  server: ObservedServer,
): Promise<Session> => {
  try {
    await session.queryAll(prepareObserveOne(majorVersion(server)));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** A role and its database; absent when they don't exist. */
export interface SeenState {
  role?: ObservedRole;
  database?: ObservedDatabase;
  /** Only after a step about the second login. */
  clone?: ObservedClone;
  /** The objects in it; only after a step that adopts them. */
  objects?: ObservedObject[];
}

/** Reads the answer of `observeOne`, the last two of a message, and before them that of `observeClone` where it was asked. */
export const readOne = (
  answers: unknown[][],
  { ofClone = false }: { ofClone?: boolean } = {},
): SeenState => {
  const [[role], [database]] = answers.slice(-2) as [
    ObservedRole[],
    ObservedDatabase[],
  ];
  return {
    role: role && { ...role, comment: role.comment ?? undefined },
    database,
    ...(ofClone ? { clone: answers.at(-3)?.[0] as ObservedClone } : {}),
  };
};
