import { ServiceUnavailableError } from '@backstage/errors';
import { DEFAULT_LOCK_TIMEOUT_MINUTES } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { describeReason } from '../../errors/describeReason';
import { DatabaseResult } from '../decide/events';
import { LoginResult, majorVersion } from '../decide/observation';
import { DatabasePlan, planAfter } from '../decide/plan';
import { explainServerError } from '../decide/postgres/connectionErrors';
import { scramVerifier } from '../decide/postgres/scram';
import {
  ApplyOutcome,
  describeRun,
  listUndone,
  summarizeApply,
  summarizeInterrupted,
  summarizePlans,
  summarizeOutcomes,
} from '../decide/results';
import type { MasterLogin } from '../decide/secretValues';
import { findPresent } from '../decide/findUnrecorded';
import type { Session } from '../ports';
import { applyPlans } from './applyPlans';
import { createAuditTrail } from './auditTrail';
import { observeServer, ReadyServer } from './preflight';
import { Credentials, readCredentials, readMaster } from './readCredentials';
import {
  getPassword,
  ProvisionInput,
  ProvisionPorts,
  Run,
  prepareRun,
} from './run';
import { reportPlans } from './reportPlans';
import {
  planRetirements,
  refuseUnknownNames,
  retireRoles,
} from './retireRoles';
import { createWorkerConnections, onOpenSession } from './sharedSession';
import { takeLock } from './takeLock';
import { trackProgress } from './trackProgress';

/** @public */
export interface ProvisionResult {
  outcome: 'done' | 'failed' | 'drift';
  /** Changes applied; in a dry run or a check, changes planned. */
  changes: number;
  databases: DatabaseResult[];
}

/**
 * Creates and repairs roles, databases and grants as the entries declare them: observe, plan, apply, observe again.
 * The result holds the problems of single databases.
 * @throws InputError when entries, secrets or server are invalid; nothing is changed
 * @throws AuthenticationError when the server rejects the master's password
 * @throws ServiceUnavailableError when Secrets Manager or the instance is unreachable, or the lock stays taken
 *
 * @public
 */
export const provision = async (
  input: ProvisionInput,
  ports: ProvisionPorts,
): Promise<ProvisionResult> => {
  const { environment, entries } = input;
  const { mode = 'apply' } = input.options;
  const start = ports.now();
  const audit = createAuditTrail(input, ports);

  const progress: Progress = { plans: [], outcomes: new Map() };
  const report = (result: ProvisionResult) =>
    ports.report({ type: 'summary', mode, environment, ...result });
  // Check first that the audit file is writable.
  if (mode === 'apply') await ports.audit.prepare();
  try {
    const prepare = async (
      read: typeof readCredentials,
      declared: readonly TfvarsEntry[],
    ) => {
      const credentials = await read(
        {
          ...input.options,
          environment,
          entries: declared,
          allowMissing: mode === 'dry-run',
        },
        ports,
      );
      return prepareRun({ ...input, entries: declared }, ports, credentials);
    };
    const run = await prepare(
      mode === 'apply' ? readMaster : readCredentials,
      entries,
    );
    const { host, port } = run.master;
    ports.report({
      type: 'start',
      mode,
      environment,
      host,
      port,
      databases: entries.length,
    });
    const prepareUnderLock = async () =>
      prepare(readCredentials, (await input.readEntries?.()) ?? entries);
    const results = await (mode === 'apply'
      ? applyDesiredState(run, audit, prepareUnderLock, progress)
      : showPlan(run, mode)
    ).catch(error => {
      throw explainServerError(error, run.master);
    });
    const result = summarizeRun([...results, ...listSkipped(run)]);
    if (mode === 'apply') {
      await audit.summary(
        start,
        result.outcome === 'done',
        describeRun(result.databases),
      );
    }
    report(result);
    return result;
  } catch (error) {
    if (mode === 'apply') {
      // A failing audit write must not hide the run's own error.
      await audit
        .summary(start, false, describeReason(error as Error))
        .catch(() => undefined);
    }
    if (progress.plans.length > 0) {
      report({
        ...summarizeRun(
          summarizeInterrupted(progress.plans, progress.outcomes),
        ),
        outcome: 'failed',
      });
    }
    throw error;
  }
};

/** How far an apply got, for the summary of one that ends with an error. */
interface Progress {
  plans: readonly DatabasePlan[];
  outcomes: Map<string, ApplyOutcome>;
}

const summarizeRun = (databases: DatabaseResult[]): ProvisionResult => ({
  outcome: summarizeOutcomes(databases),
  changes: databases.reduce((sum, { changes }) => sum + changes, 0),
  databases,
});

const listSkipped = ({ missing }: Credentials): DatabaseResult[] =>
  missing.map(({ entry, problem }) => ({
    database: entry.databaseName,
    username: entry.username,
    outcome: 'skipped',
    changes: 0,
    problems: [problem],
  }));

/** Plans without changing anything. The session is read-only on the server, too. */
const showPlan = async (
  run: Run,
  mode: 'dry-run' | 'check',
): Promise<DatabaseResult[]> => {
  const session = await run.connectAsMaster();
  try {
    const server = await observeServer(run, session);
    if (run.options.loginTest === false) {
      run.ports.report({
        type: 'note',
        text: 'logins are not checked (--no-login-test): a password changed on the instance is not detected.',
      });
    }
    await refuseUnknownNames(run, session, server);
    const plans = run.plan(
      await run.observe(session, server, 'observe', new Map()),
    );
    reportPlans(run, plans);
    return [
      ...summarizePlans(plans, mode),
      ...(await planRetirements(run, session, server)),
    ];
  } finally {
    await session.close();
  }
};

/** `prepareUnderLock` reads entries and secrets once no other run can change what they describe. */
const applyDesiredState = async (
  run: Run,
  audit: ReturnType<typeof createAuditTrail>,
  prepareUnderLock: () => Promise<Run>,
  progress: Progress,
): Promise<DatabaseResult[]> => {
  // The lock ends with this connection, so no other work runs on it.
  const lock = await run.connectAsMaster();
  try {
    const { ports, options } = run;
    // Checked before the lock: a pooler would leave the lock behind, and an impossible run must not wait.
    const server = await observeServer(run, lock);
    await takeLock(lock, {
      timeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MINUTES * 60_000,
      now: ports.now,
      report: ports.report,
      signal: options.signal,
    });
    const current = await prepareUnderLock();
    assertSameInstance(run.master, current.master);
    const session = await current.connectAsMaster();
    try {
      return await applyUnderLock(current, {
        session,
        server,
        lockLost: lock.lost,
        audit,
        progress,
      });
    } finally {
      await session.close();
    }
  } finally {
    await lock.close();
  }
};

/** @throws ServiceUnavailableError when the lock is on another instance than the one that the secret names now */
const assertSameInstance = (before: MasterLogin, now: MasterLogin): void => {
  if (before.host === now.host && before.port === now.port) return;
  throw new ServiceUnavailableError(
    `${now.secretPath} named ${before.host}:${before.port}, and names ${now.host}:${now.port} since the lock was taken. Nothing was changed. Run it again.`,
  );
};

const applyUnderLock = async (
  run: Run,
  {
    session,
    server,
    lockLost,
    audit,
    progress,
  }: {
    session: Session;
    server: ReadyServer;
    lockLost: AbortSignal;
    audit: ReturnType<typeof createAuditTrail>;
    progress: Progress;
  },
): Promise<DatabaseResult[]> => {
  const { options, passwords } = run;
  const { failFast = true } = options;
  const { outcomes } = progress;
  await refuseUnknownNames(run, session, server);
  const before = await run.observe(session, server, 'observe', new Map());
  const plans = run.plan(before);
  reportPlans(run, plans);
  await audit.refusals(plans);
  progress.plans = plans;

  const shouldStop = () =>
    (options.signal?.aborted ?? false) || lockLost.aborted;
  const mayGoOn = !failFast || plans.every(({ refusal }) => !refusal);
  const toApply = mayGoOn ? plans.filter(({ steps }) => steps.length > 0) : [];
  /** As seen last. */
  const roles = new Map(before.roles);
  await applyPlans(
    toApply,
    {
      concurrency: server.workers,
      failFast,
      version: majorVersion(server),
      connect: createWorkerConnections(run, session, server),
      connectToLook: database =>
        run.connectAsMaster(database, { despiteStop: true }),
      planAgain: (
        { databaseName, username },
        { role, database, clone, objects },
      ) => {
        if (role) roles.set(username, role);
        else roles.delete(username);
        return planAfter(getDesired(run, databaseName), {
          ...before,
          roles,
          clones: new Map(clone && [[username, clone]]),
          databases: new Map(database && [[databaseName, database]]),
          logins: new Map(),
          objects: new Map(objects && [[databaseName, { objects }]]),
        });
      },
      verifierOf: username => scramVerifier(getPassword(passwords, username)),
      now: run.ports.now,
      record: audit.changes,
      track: trackProgress(run.ports.report, 'apply', toApply.length),
      shouldStop,
    },
    outcomes,
  );
  if (lockLost.aborted) {
    throw new ServiceUnavailableError(
      'The connection that held the lock is lost, and another run may have started. Earlier changes are kept; the rest is skipped. Run it again.',
    );
  }

  const untouched = new Map(
    plans
      .filter(({ databaseName }) => !outcomes.has(databaseName))
      .flatMap(({ username }): Array<[string, LoginResult]> => {
        const login = before.logins.get(username);
        return login ? [[username, login]] : [];
      }),
  );
  const after =
    outcomes.size === 0
      ? before
      : await onOpenSession(run, session, open =>
          run.observe(open, server, 'verify', untouched),
        );
  await audit.presence(findPresent(run.desired, after));
  const plannedAfter = outcomes.size === 0 ? plans : run.plan(after);
  await audit.changes(listUndone(plans, outcomes, plannedAfter));
  const results = summarizeApply(plans, outcomes, plannedAfter);
  if (
    options.retire?.length &&
    failFast &&
    summarizeOutcomes(results) !== 'done'
  ) {
    run.ports.report({ type: 'note', text: NOTHING_LOCKED });
    return results;
  }
  const retired = await onOpenSession(run, session, open =>
    retireRoles(run, open, server, { record: audit.changes, shouldStop }),
  );
  return [...results, ...retired];
};

const NOTHING_LOCKED =
  'roles without an entry are not locked, because of what failed before. Fix it and run again, or run with --no-fail-fast.';

const getDesired = ({ desired }: Run, databaseName: string) => {
  const found = desired.find(one => one.databaseName === databaseName);
  if (!found) throw new Error(`No entry declares ${databaseName}.`);
  return found;
};
