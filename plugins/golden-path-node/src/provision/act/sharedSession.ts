import type { Session } from '../ports';
import type { ReadyServer } from './preflight';
import { prepareLooks } from './readOne';
import type { Run } from './run';
import { joinWork } from './takeLock';

/** The first worker takes the session that observed: a connection less, where few are free. */
export const createWorkerConnections = (
  run: Run,
  session: Session,
  server: ReadyServer,
) => {
  let isLent = false;
  return async (database?: string): Promise<Session> => {
    if (database !== undefined) return run.connectAsMaster(database);
    if (isLent || session.lost.aborted)
      return prepareLooks(await joinWork(await run.connectAsMaster()), server);
    isLent = true;
    await prepareLooks(await joinWork(session), server);
    return { ...session, close: async () => undefined };
  };
};

/** Works on the session that observed, or on another one if that is lost. */
export const onOpenSession = async <T>(
  run: Pick<Run, 'connectAsMaster'>,
  session: Session,
  work: (open: Session) => Promise<T>,
): Promise<T> => {
  if (!session.lost.aborted) return work(session);
  const another = await run.connectAsMaster();
  try {
    return await work(another);
  } finally {
    await another.close();
  }
};
