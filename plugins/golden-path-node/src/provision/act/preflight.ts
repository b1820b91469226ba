import { isMaster, ObservedServer } from '../decide/observation';
import {
  OBSERVE_MARKED_ROLES,
  OBSERVE_OPEN_DATABASES,
  OBSERVE_OPEN_TO_CREATE,
  OBSERVE_SERVER,
} from '../decide/postgres/observeSql';
import {
  describeAbandonedRoles,
  createPreflightError,
  describeOpenDatabases,
  describePublicCreate,
  findRunProblems,
  findServerProblems,
  READ_ONLY_NOTE,
} from '../decide/preflight';
import type { Session } from '../ports';
import { Run } from './run';

/** @throws InputError with every reason why the run can't work on this server, one per line */
export const observeServer = async (
  run: Run,
  session: Session,
): Promise<ObservedServer> => {
  const { desired, missing, ports, options } = run;
  const { mode = 'apply', preflight = true, loginTest = true } = options;
  const [server] = await session.query<ObservedServer>(OBSERVE_SERVER);
  const problems = findServerProblems(server, mode === 'check');
  const ahead = preflight
    ? findRunProblems(server, {
        concurrency: mode === 'apply' || loginTest ? run.concurrency : 0,
        // This connection holds the lock.
        beside: mode === 'apply' ? 1 : 0,
        announcedPid: session.announcedPid,
      })
    : [];
  if (mode === 'apply') problems.push(...ahead);
  if (problems.length > 0) throw createPreflightError(problems);
  // Dry run and check go on: only an apply needs these.
  for (const text of ahead) ports.report({ type: 'note', text });
  const declared = [...desired, ...missing.map(({ entry }) => entry)];
  if (preflight) {
    const open = await session.query<{ name: string }>(OBSERVE_OPEN_DATABASES, [
      declared.map(({ databaseName }) => databaseName),
    ]);
    const toCreate = await session.query<{ name: string }>(
      OBSERVE_OPEN_TO_CREATE,
    );
    for (const text of [
      ...describeOpenDatabases(open.map(({ name }) => name)),
      ...describePublicCreate(toCreate.map(({ name }) => name)),
    ])
      ports.report({ type: 'note', text });
  }
  if (mode === 'check') {
    if (!isMaster(server)) ports.report({ type: 'note', text: READ_ONLY_NOTE });
    const marked = await session.query<{ name: string; comment: string }>(
      OBSERVE_MARKED_ROLES,
      [declared.map(({ username }) => username)],
    );
    for (const text of describeAbandonedRoles(marked, run.isOwnSecret))
      ports.report({ type: 'note', text });
  }
  return server;
};
