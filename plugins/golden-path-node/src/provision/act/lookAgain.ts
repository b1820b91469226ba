import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabasePlan, PlannedStep } from '../decide/plan';
import type { ObservedObject } from '../decide/planObjects';
import { listObjects } from '../decide/postgres/objectsSql';
import { observeStep } from '../decide/postgres/cloneSql';
import {
  OBSERVE_BACKEND,
  prepareObserveOne,
} from '../decide/postgres/observeSql';
import type { Session } from '../ports';
import { readOne, SeenState } from './readOne';

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 100;
/** A CREATE DATABASE goes on for a while after its connection is lost. */
const BACKEND_TIMEOUT_MS = 60_000;

export interface LookOptions {
  version: number;
  /** The server's process of the session whose answer did not arrive. */
  pid: number | undefined;
  connectToLook(database?: string): Promise<Session>;
}

/**
 * Reads a role and its database on a new connection when an answer did not arrive, after the server has ended its work.
 * @returns undefined when it can't be read
 */
export const lookAgain = async (
  { username, databaseName }: DatabasePlan,
  { inDatabase, ofClone }: Pick<PlannedStep, 'inDatabase' | 'ofClone'>,
  { version, pid, connectToLook }: LookOptions,
): Promise<SeenState | undefined> => {
  /** Connects, reads and leaves. */
  const read = async <T>(
    database: string | undefined,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    const session = await connectToLook(database);
    try {
      return await work(session);
    } finally {
      await session.close().catch(() => undefined);
    }
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
    try {
      const seen = await read(undefined, async session => {
        if (!(await hasEnded(session, pid))) return undefined;
        await session.queryAll(prepareObserveOne(version));
        return readOne(
          await session.queryAll(
            observeStep(version, { username, databaseName, ofClone }),
          ),
          { ofClone },
        );
      });
      if (!seen || inDatabase === undefined) return seen;
      const objects = await read(inDatabase, session =>
        session.query<ObservedObject>(listObjects(version), [username]),
      );
      return { ...seen, objects };
    } catch {
      // The server may be starting: try again.
    }
  }
  return undefined;
};

/** Waits until the server works no more for a session. */
const hasEnded = async (
  session: Session,
  pid: number | undefined,
): Promise<boolean> => {
  const end = Date.now() + BACKEND_TIMEOUT_MS;
  while ((await session.query(OBSERVE_BACKEND, [pid ?? 0])).length > 0) {
    if (Date.now() > end) return false;
    await sleep(FIRST_DELAY_MS);
  }
  return true;
};
