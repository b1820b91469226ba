import { ServiceUnavailableError } from '@backstage/errors';
import { reasonOf } from '../../errors/reasonOf';
import { DatabaseResult, printPlan } from '../decide/events';
import {
  LoginResult,
  majorVersion,
  ObservedServer,
} from '../decide/observation';
import { DatabasePlan } from '../decide/plan';
import { explainServerError } from '../decide/postgres/connectionErrors';
import { scramVerifier } from '../decide/postgres/scram';
import { count } from '../decide/report';
import {
  summarizeApply,
  summarizePlans,
  overallOutcome,
} from '../decide/results';
import { findPresent } from '../decide/unrecorded';
import type { Session } from '../ports';
import { applyPlans } from './applyPlans';
import { createAuditTrail } from './auditTrail';
import { observeServer } from './preflight';
import { Credentials, readCredentials } from './readCredentials';
import {
  passwordOf,
  ProvisionInput,
  ProvisionPorts,
  Run,
  prepareRun,
} from './run';
import { joinWork, takeLock } from './takeLock';
import { trackProgress } from './trackProgress';

export const DEFAULT_LOCK_TIMEOUT_MS = 15 * 60_000;

export interface ProvisionResult {
  outcome: 'done' | 'failed' | 'drift';
  /** Changes that were made; in a dry run or a check those that would be. */
  changes: number;
  databases: DatabaseResult[];
}

/**
 * Makes roles, databases and grants as the entries declare them: observe, plan, apply, observe again. What goes wrong
 * with a single database is in the result.
 * @throws InputError for what is wrong with entries, secrets or server, before the first statement that changes anything
 * @throws AuthenticationError when the master can't log in
 * @throws ServiceUnavailableError when Secrets Manager, the instance or the lock can't be had
 */
export const provision = async (
  input: ProvisionInput,
  ports: ProvisionPorts,
): Promise<ProvisionResult> => {
  const { environment, entries } = input;
  const { mode = 'apply' } = input.options;
  const start = ports.now();
  const audit = createAuditTrail(input, ports);

  // What can't be written down is not begun.
  if (mode === 'apply') await ports.audit.prepare();
  try {
    const prepare = async (where: { host?: string; port?: number }) =>
      prepareRun(
        input,
        ports,
        await readCredentials(
          {
            ...input.options,
            ...where,
            environment,
            entries,
            allowMissing: mode === 'dry-run',
          },
          ports,
        ),
      );
    const run = await prepare({});
    const { host, port } = run.master;
    ports.report({
      type: 'start',
      mode,
      environment,
      host,
      port,
      databases: entries.length,
    });
    const results = [
      ...(await (mode === 'apply'
        ? applyDesiredState(run, audit, () => prepare({ host, port }))
        : showPlan(run, mode)
      ).catch(error => {
        throw explainServerError(error, run.master);
      })),
      ...listSkipped(run),
    ];
    const result: ProvisionResult = {
      outcome: overallOutcome(results),
      changes: results.reduce((sum, { changes }) => sum + changes, 0),
      databases: results,
    };
    if (mode === 'apply') {
      await audit.summary(
        start,
        result.outcome === 'done',
        `${count(results.length, 'database')} observed, ${count(
          result.changes,
          'change',
        )} made`,
      );
    }
    ports.report({ type: 'summary', mode, environment, ...result });
    return result;
  } catch (error) {
    if (mode === 'apply') {
      // An audit that can't be written must not hide why the run failed.
      await audit
        .summary(start, false, reasonOf(error as Error))
        .catch(() => undefined);
    }
    throw error;
  }
};

const listSkipped = ({ missing }: Credentials): DatabaseResult[] =>
  missing.map(({ entry, problem }) => ({
    database: entry.databaseName,
    username: entry.username,
    outcome: 'not observed',
    changes: 0,
    problems: [problem],
  }));

/** A run that changes nothing; the server itself sees to that. */
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
        text: 'no login was tried, so a password that was changed on the instance is not seen.',
      });
    }
    const plans = run.plan(
      await run.observe(session, server, 'observe', new Map()),
    );
    reportPlans(run, plans);
    return summarizePlans(plans, mode);
  } finally {
    await session.close();
  }
};

/** `prepareAgain` is the same run on the same instance, with the secrets as they are by then. */
const applyDesiredState = async (
  run: Run,
  audit: ReturnType<typeof createAuditTrail>,
  prepareAgain: () => Promise<Run>,
): Promise<DatabaseResult[]> => {
  // The lock lives and dies with this connection, so nothing else is done on it once it is taken.
  const lock = await run.connectAsMaster();
  try {
    const { ports, options } = run;
    // Before the lock: through a pooler it would be left behind, and nobody has to wait for what can't be done.
    const server = await observeServer(run, lock);
    const hasWaited = await takeLock(lock, {
      timeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
      now: ports.now,
      report: ports.report,
      signal: options.signal,
    });
    // Whoever was ahead may have brought newer passwords to the roles, and ours would take them back.
    const current = hasWaited ? await prepareAgain() : run;
    const session = await current.connectAsMaster();
    try {
      return await applyUnderLock(current, session, server, lock.lost, audit);
    } finally {
      await session.close();
    }
  } finally {
    await lock.close();
  }
};

const applyUnderLock = async (
  run: Run,
  session: Session,
  server: ObservedServer,
  lockLost: AbortSignal,
  audit: ReturnType<typeof createAuditTrail>,
): Promise<DatabaseResult[]> => {
  const { options, passwords } = run;
  const { failFast = true } = options;
  const before = await run.observe(session, server, 'observe', new Map());
  const plans = run.plan(before);
  reportPlans(run, plans);
  await audit.refusals(plans);

  const mayGoOn = !failFast || plans.every(({ refusal }) => !refusal);
  const toApply = mayGoOn ? plans.filter(({ steps }) => steps.length > 0) : [];
  const outcomes = await applyPlans(toApply, {
    concurrency: run.concurrency,
    failFast,
    version: majorVersion(server),
    connect: async () => joinWork(await run.connectAsMaster()),
    verifierOf: username => scramVerifier(passwordOf(passwords, username)),
    now: run.ports.now,
    record: audit.changes,
    track: trackProgress(run.ports.report, 'apply', toApply.length),
    shouldStop: () => (options.signal?.aborted ?? false) || lockLost.aborted,
  });
  if (lockLost.aborted) {
    throw new ServiceUnavailableError(
      'The connection that held the lock is gone, and another run may have begun; nothing more was changed. Run it again.',
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
      : await run.observe(session, server, 'verify', untouched);
  await audit.presence(findPresent(run.desired, after));
  return summarizeApply(
    plans,
    outcomes,
    outcomes.size === 0 ? plans : run.plan(after),
  );
};

const reportPlans = ({ ports, missing }: Run, plans: DatabasePlan[]) => {
  for (const { databaseName, notes } of plans) {
    for (const text of notes)
      ports.report({ type: 'note', database: databaseName, text });
  }
  for (const { entry, problem } of missing) {
    ports.report({
      type: 'note',
      database: entry.databaseName,
      text: `not observed. ${problem}`,
    });
  }
  ports.report({ type: 'plan', databases: plans.map(printPlan) });
};
