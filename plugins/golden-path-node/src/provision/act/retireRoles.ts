import { InputError } from '@backstage/errors';
import type { ChangeRecord, DatabaseResult } from '../decide/events';
import { explainFailedChange } from '../decide/explainFailedChange';
import { majorVersion, ObservedServer } from '../decide/observation';
import {
  endSessionsSql,
  lockRoleSql,
  observeMarkedRoles,
} from '../decide/postgres/retireSql';
import { count } from '../decide/report';
import {
  describeLocked,
  describeRetirement,
  describeUndeclared,
  findRetireRefusal,
  findUnknownNames,
  isLocked,
  limitUndeclared,
  MarkedRole,
  NOTHING_TO_LOCK,
  printRetirement,
  RETIRE_REASON,
  Retirement,
  selectNamed,
  selectRetirements,
} from '../decide/retire';
import type { Session } from '../ports';
import type { Run } from './run';

/** Reads the managed roles of the run's environment that no entry declares. */
const observeUndeclaredRoles = async (
  { isOwnSecret, entries }: Pick<Run, 'isOwnSecret' | 'entries'>,
  session: Session,
  server: ObservedServer,
): Promise<Retirement[]> => {
  const marked = await session.query<MarkedRole>(
    observeMarkedRoles(majorVersion(server)),
    [entries.map(({ username }) => username)],
  );
  return selectRetirements(marked, isOwnSecret, entries);
};

/**
 * Checks the databases that the option `retire` names, before the first change.
 * @throws InputError that lists those without a role to lock
 */
export const refuseUnknownNames = async (
  run: Run,
  session: Session,
  server: ObservedServer,
): Promise<void> => {
  const names = run.options.retire ?? [];
  if (names.length === 0) return;
  const found = await observeUndeclaredRoles(run, session, server);
  const problem = findUnknownNames(found, names, run.environment);
  if (problem !== undefined) throw new InputError(problem);
};

/**
 * Tells which managed roles have no entry any more, and prints what is done to those that the option `retire` names.
 * @returns the roles to lock; none without a name
 */
const tellUndeclaredRoles = async (
  run: Run,
  session: Session,
  server: ObservedServer,
): Promise<Retirement[]> => {
  const { options, ports } = run;
  const found = await observeUndeclaredRoles(run, session, server);
  const note = (text: string) => ports.report({ type: 'note', text });
  if (options.mode === 'check') describeLocked(found).forEach(note);
  const named = selectNamed(found, options.retire ?? []);
  const lines = describeUndeclared(
    found.filter(one => !named.includes(one)),
    run.environment,
  );
  // Whoever asks what could be locked gets all of it.
  const isList = options.retire?.length === 0;
  (isList ? lines : limitUndeclared(lines)).forEach(note);
  if (isList && lines.length === 0) note(NOTHING_TO_LOCK);
  if (named.length > 0)
    ports.report({
      type: 'plan',
      databases: named.map(one => printRetirement(one, server)),
    });
  return named;
};

/** Shows what a run would lock, or which roles it could. @returns the result of each role that is to be locked */
export const planRetirements = async (
  run: Run,
  session: Session,
  server: ObservedServer,
): Promise<DatabaseResult[]> =>
  (await tellUndeclaredRoles(run, session, server)).map(one => {
    const refusal = findRetireRefusal(one, server);
    return refusal === undefined
      ? resultOf(one, 'planned', 1)
      : resultOf(one, 'refused', 0, refusal);
  });

const resultOf = (
  { database, role }: Retirement,
  outcome: DatabaseResult['outcome'],
  changes: number,
  ...problems: string[]
): DatabaseResult => ({
  database,
  username: role.name,
  outcome,
  changes,
  problems,
  isUndeclared: true,
});

/**
 * Locks the roles of the databases that the option `retire` names, if no entry declares them: NOLOGIN, and their
 * connections end. Drops nothing. Tells which other managed roles have no entry.
 * @param record - writes to the audit; `success` once the server shows it
 * @returns the result of each role that was not locked before
 */
export const retireRoles = async (
  run: Run,
  session: Session,
  server: ObservedServer,
  {
    record,
    shouldStop,
  }: {
    record(records: ChangeRecord[]): Promise<void>;
    shouldStop(): boolean;
  },
): Promise<DatabaseResult[]> => {
  const results: DatabaseResult[] = [];
  for (const retirement of await tellUndeclaredRoles(run, session, server)) {
    if (shouldStop()) {
      results.push(resultOf(retirement, 'stopped', 0));
      continue;
    }
    const start = run.ports.now().getTime();
    const problem =
      findRetireRefusal(retirement, server) ??
      (await lockRole(run, session, server, retirement));
    const what = describeRetirement(retirement);
    await record([
      {
        database: retirement.database,
        username: retirement.role.name,
        action: 'retire',
        status: problem === undefined ? 'success' : 'failed',
        durationMs: run.ports.now().getTime() - start,
        message:
          problem === undefined
            ? `${what}: ${RETIRE_REASON}`
            : `could not ${what}: ${problem}`,
      },
    ]);
    results.push(
      problem === undefined
        ? resultOf(retirement, 'changed', 1)
        : resultOf(retirement, 'failed', 0, problem),
    );
  }
  return results;
};

/** A login that was under way at NOLOGIN appears after it: its session is ended in another round. */
const ROUNDS = 3;

/** @returns why the role is not locked, as the server shows it; undefined when it is */
const lockRole = async (
  run: Run,
  session: Session,
  server: ObservedServer,
  { role }: Retirement,
): Promise<string | undefined> => {
  const version = majorVersion(server);
  let reason: string | undefined;
  try {
    if (role.canLogin) await session.query(lockRoleSql(role.name));
    for (let round = 1; round <= ROUNDS; round += 1) {
      await session.queryAll(endSessionsSql(role, version));
      reason = await lookAtRole(run, session, server, role.name);
      if (reason === undefined) return undefined;
    }
    return reason;
  } catch (error) {
    const failure = explainFailedChange(error);
    if (!session.lost.aborted) {
      await session.queryAll('ROLLBACK').catch(() => undefined);
      return failure;
    }
    // The answer is lost: the server may have done it.
    const another = await run.connectAsMaster(undefined, { despiteStop: true });
    try {
      return (await lookAtRole(run, another, server, role.name)) === undefined
        ? undefined
        : failure;
    } finally {
      await another.close();
    }
  }
};

/** @returns what keeps the role from being locked; undefined when it is, or is gone */
const lookAtRole = async (
  run: Run,
  session: Session,
  server: ObservedServer,
  name: string,
): Promise<string | undefined> => {
  const found = await observeUndeclaredRoles(run, session, server);
  const one = found.find(({ role }) => role.name === name);
  if (!one || isLocked(one)) return undefined;
  return one.role.canLogin
    ? 'the server accepted it without effect: the role can still log in'
    : `${count(
        one.role.sessions,
        'session',
      )} of it did not end; see pg_stat_activity`;
};
