import { isMaster, ObservedServer } from '../decide/observation';
import {
  OBSERVE_OPEN_DATABASES,
  OBSERVE_OPEN_TO_CREATE,
  OBSERVE_SERVER,
} from '../decide/postgres/observeSql';
import {
  Capacity,
  createPreflightError,
  describeOpenDatabases,
  describePublicCreate,
  findServerProblems,
  fitConnections,
  isPooled,
  POOLER,
  READ_ONLY_NOTE,
} from '../decide/preflight';
import type { Session } from '../ports';
import { Run } from './run';

/** A server that a run can work on, and how much of it at a time. */
export interface ReadyServer
  extends ObservedServer,
    Pick<Capacity, 'workers' | 'logins'> {}

/** @throws InputError with every reason why the run can't work on this server, one per line */
export const observeServer = async (
  run: Run,
  session: Session,
): Promise<ReadyServer> => {
  const { entries, ports, options } = run;
  const { mode = 'apply', preflight = true, loginTest = true } = options;
  const note = (text: string) => ports.report({ type: 'note', text });
  const [server] = await session.query<ObservedServer>(OBSERVE_SERVER);
  const problems = findServerProblems(server, mode === 'check');
  const { workers, logins, ...capacity } = fitConnections(server, {
    ...run.wanted,
    isApply: mode === 'apply',
    loginTest,
  });
  const ahead = [
    ...(isPooled(server, session.announcedPid) ? [POOLER] : []),
    ...capacity.problems,
  ];
  if (mode === 'apply' && preflight) problems.push(...ahead);
  if (problems.length > 0) throw createPreflightError(problems);
  if (preflight) {
    // Dry run and check go on: only an apply needs these.
    [...(mode === 'apply' ? [] : ahead), ...capacity.notes].forEach(note);
    const open = await session.query<{ name: string }>(OBSERVE_OPEN_DATABASES, [
      entries.map(({ databaseName }) => databaseName),
    ]);
    const toCreate = await session.query<{ name: string }>(
      OBSERVE_OPEN_TO_CREATE,
    );
    [
      ...describeOpenDatabases(open.map(({ name }) => name)),
      ...describePublicCreate(toCreate.map(({ name }) => name)),
    ].forEach(note);
  }
  if (mode === 'check' && !isMaster(server)) note(READ_ONLY_NOTE);
  return { ...server, workers, logins };
};
