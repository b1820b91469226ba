import { setTimeout as sleep } from 'node:timers/promises';
import { observeOne, OBSERVE_BACKEND } from '../decide/postgres/observeSql';
import type { DatabasePlan } from '../decide/plan';
import type { Session } from '../ports';
import { readOne, SeenState } from './readOne';

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 100;
/** A CREATE DATABASE goes on for a while after its connection is lost. */
const BACKEND_TIMEOUT_MS = 60_000;

/**
 * Reads a role and its database when an answer did not arrive: on the same session if it is alive, else on a new one, after
 * the server has ended the old one.
 * @returns undefined when it can't be read
 */
export const lookAgain = async (
  session: Session,
  { username, databaseName }: DatabasePlan,
  { connectToLook }: { connectToLook(): Promise<Session> },
): Promise<SeenState | undefined> => {
  const look = observeOne(username, databaseName);
  if (!session.lost.aborted) {
    const answers = await session.queryAll(look).catch(() => undefined);
    if (answers) return readOne(answers);
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
    const other = await connectToLook().catch(() => undefined);
    if (!other) continue;
    try {
      if (await hasEnded(other, session.announcedPid))
        return readOne(await other.queryAll(look));
    } catch {
      // This connection is lost, too.
    } finally {
      await other.close().catch(() => undefined);
    }
  }
  return undefined;
};

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
