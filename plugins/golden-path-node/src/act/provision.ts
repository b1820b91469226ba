import {
  AuthenticationError,
  NotAllowedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { AuditRow, secretName } from '@goldenpath/plugin-golden-path-common';
import { Made, presentOf, unrecorded } from '../decide/auditCsv';
import {
  LoginResult,
  majorVersion,
  Observation,
  ObservedServer,
} from '../decide/observation';
import {
  OBSERVE_MARKED_ROLES,
  OBSERVE_OPEN_DATABASES,
  OBSERVE_OPEN_TO_CREATE,
  OBSERVE_SERVER,
} from '../decide/observeSql';
import { DatabasePlan, planProvision } from '../decide/plan';
import {
  abandonedRoles,
  inTheWay,
  openDatabases,
  openToCreate,
  POOLER,
  runProblems,
  serverProblems,
} from '../decide/preflight';
import { reasonOf } from '../decide/reason';
import {
  count,
  DatabaseResult,
  printPlan,
  ProvisionMode,
} from '../decide/report';
import { converged, lookedAt, overallOutcome } from '../decide/results';
import { scramVerifier } from '../decide/scram';
import type { MasterLogin } from '../decide/secretValues';
import { isTooManyConnections, isWrongPassword } from '../decide/sqlState';
import type { TfvarsEntry } from '../decide/tfvars';
import { applyPlans, ChangeRecord } from './provisionApply';
import { joinWork, takeLock } from './provisionLock';
import {
  loginCandidates,
  observeInstance,
  observeLogins,
} from './provisionObserve';
import type {
  AuditSink,
  Connect,
  ProvisionReporter,
  SecretsReader,
  Session,
} from './provisionPorts';
import { trackProgress } from './provisionProgress';
import { Credentials, readCredentials } from './provisionSecrets';

export const DEFAULT_CONCURRENCY = 4;
export const DEFAULT_LOCK_TIMEOUT_MS = 15 * 60_000;

export interface ProvisionInput {
  environment: string;
  entries: readonly TfvarsEntry[];
  options: ProvisionOptions;
}

export interface ProvisionOptions {
  /** `apply` unless said. The other two change nothing, and take no lock. */
  mode?: ProvisionMode;
  /** The master's secret; `goldenpath/<environment>/rds/master` unless given. */
  masterSecret?: string;
  secretPrefix?: string;
  /** Where the instance answers, instead of what the master's secret says. */
  host?: string;
  port?: number;
  /** For the audit: what asked for the run, and the run itself. */
  buildId?: string;
  runId?: string;
  /** Take over roles without our mark, and databases of theirs or of the master. */
  adopt?: boolean;
  /** Stop at the first refusal or failure; true unless said. */
  failFast?: boolean;
  /** Log in as every role; true unless said. Otherwise the mark is trusted. */
  loginTest?: boolean;
  /** Look beforehand for what would go wrong half way; true unless said. */
  preflight?: boolean;
  /** Databases that are worked on at a time. */
  concurrency?: number;
  lockTimeoutMs?: number;
  /** Ends the run after the step that is under way; nothing is waited for before the first one. */
  signal?: AbortSignal;
}

export interface ProvisionPorts {
  secrets: SecretsReader;
  connect: Connect;
  /** Used only by runs that make changes. */
  audit: AuditSink;
  report: ProvisionReporter;
  now(): Date;
}

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
  const audit = auditOf(input, ports);

  // What can't be written down is not begun.
  if (mode === 'apply') await ports.audit.prepare();
  try {
    const prepare = async (where: { host?: string; port?: number }) =>
      runOf(
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
        ? converge(run, audit, () => prepare({ host, port }))
        : look(run, mode)
      ).catch(error => {
        throw serverError(error, run.master);
      })),
      ...notObserved(run),
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

const notObserved = ({ missing }: Credentials): DatabaseResult[] =>
  missing.map(({ entry, problem }) => ({
    database: entry.databaseName,
    username: entry.username,
    outcome: 'not observed',
    changes: 0,
    problems: [problem],
  }));

/** What all parts of one run work with. */
interface Run extends Credentials {
  options: ProvisionOptions;
  ports: ProvisionPorts;
  concurrency: number;
  /** Whether it is the secret of a database of this environment. */
  isOwnSecret(path: string): boolean;
  connectAsMaster(): Promise<Session>;
  /** Logs in, looks and plans. `known` are logins that need no second try. */
  observe(
    session: Session,
    server: ObservedServer,
    phase: 'observe' | 'verify',
    known: ReadonlyMap<string, LoginResult>,
  ): Promise<Observation>;
  plan(observed: Observation): DatabasePlan[];
}

const runOf = (
  { environment, options }: ProvisionInput,
  ports: ProvisionPorts,
  credentials: Credentials,
): Run => {
  const { master, desired, passwords } = credentials;
  const { mode = 'apply', loginTest = true } = options;
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const connect = (
    login: { username: string; password: string; database: string },
    how: { isReadOnly: boolean; signal: AbortSignal | undefined },
  ) =>
    ports.connect({
      ...login,
      ...how,
      host: master.host,
      port: master.port,
      applicationName: ['goldenpath-rds', environment, options.runId]
        .filter(Boolean)
        .join(' '),
    });
  return {
    ...credentials,
    options,
    ports,
    concurrency,
    isOwnSecret: path =>
      path ===
      secretName(
        environment,
        path.split('/').at(-2) ?? '',
        options.secretPrefix,
      ),
    connectAsMaster: () =>
      connect(
        { ...master, database: 'postgres' },
        { isReadOnly: mode !== 'apply', signal: options.signal },
      ).catch(error => {
        throw masterError(error, master);
      }),
    observe: async (session, server, phase, known) => {
      const observed = await observeInstance(session, server, desired);
      // What was made is told in any case; whoever stops us doesn't wait for logins that confirm it.
      const isConfirming = phase === 'verify';
      if (!loginTest || (isConfirming && options.signal?.aborted))
        return observed;
      const candidates = loginCandidates(desired, observed).filter(
        ({ username }) => !known.has(username),
      );
      const logins = await observeLogins(candidates, {
        concurrency,
        lookInside: mode === 'check',
        connect: login =>
          connect(login, {
            isReadOnly: true,
            signal: isConfirming ? undefined : options.signal,
          }),
        passwordOf: username => passwordOf(passwords, username),
        track: trackProgress(ports.report, phase, candidates.length),
      });
      return { ...observed, logins: new Map([...known, ...logins]) };
    },
    plan: observed =>
      planProvision(desired, observed, { adopt: options.adopt ?? false }),
  };
};

const passwordOf = (
  passwords: ReadonlyMap<string, string>,
  username: string,
): string => {
  const password = passwords.get(username);
  if (!password) throw new Error(`No secret was read for ${username}.`);
  return password;
};

/** A run that changes nothing; the server itself sees to that. */
const look = async (
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
    return lookedAt(plans, mode);
  } finally {
    await session.close();
  }
};

/** `prepareAgain` is the same run on the same instance, with the secrets as they are by then. */
const converge = async (
  run: Run,
  audit: ReturnType<typeof auditOf>,
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
      return await convergeLocked(current, session, server, lock.lost, audit);
    } finally {
      await session.close();
    }
  } finally {
    await lock.close();
  }
};

const convergeLocked = async (
  run: Run,
  session: Session,
  server: ObservedServer,
  lockLost: AbortSignal,
  audit: ReturnType<typeof auditOf>,
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
  await audit.presence(presentOf(run.desired, after));
  return converged(
    plans,
    outcomes,
    outcomes.size === 0 ? plans : run.plan(after),
  );
};

/** @throws InputError for everything that makes the run impossible here, a line each */
const observeServer = async (
  run: Run,
  session: Session,
): Promise<ObservedServer> => {
  const { desired, missing, ports, options } = run;
  const { mode = 'apply', preflight = true, loginTest = true } = options;
  const [server] = await session.query<ObservedServer>(OBSERVE_SERVER);
  const problems = serverProblems(server);
  const ahead = preflight
    ? runProblems(server, {
        concurrency: mode === 'apply' || loginTest ? run.concurrency : 0,
        // This one is for the lock then.
        beside: mode === 'apply' ? 1 : 0,
        announcedPid: session.announcedPid,
      })
    : [];
  if (mode === 'apply') problems.push(...ahead);
  if (problems.length > 0) throw inTheWay(problems);
  // Only an apply would fail of these.
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
      ...openDatabases(open.map(({ name }) => name)),
      ...openToCreate(toCreate.map(({ name }) => name)),
    ])
      ports.report({ type: 'note', text });
  }
  if (mode === 'check') {
    const marked = await session.query<{ name: string; comment: string }>(
      OBSERVE_MARKED_ROLES,
      [declared.map(({ username }) => username)],
    );
    for (const text of abandonedRoles(marked, run.isOwnSecret))
      ports.report({ type: 'note', text });
  }
  return server;
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

/** What the server said to a question; what it says to a change is in that database's result. */
const serverError = (error: unknown, { host, port }: MasterLogin): Error => {
  const { name, message } = error as Error;
  if (name !== 'SqlError') return error as Error;
  return new ServiceUnavailableError(
    `${host}:${port} said no to what the run asked: ${message}. Run it again: what was made before that stands.`,
    error as Error,
  );
};

const masterError = (error: unknown, master: MasterLogin): Error => {
  const { host, port, username, secretPath } = master;
  const { name, message } = error as Error;
  if (name !== 'SqlError') return error as Error;
  if (isTooManyConnections(error)) {
    return new ServiceUnavailableError(
      `${host}:${port} has no free connection for the master "${username}": ${message}. Wait until others have left, or raise max_connections.`,
      error as Error,
    );
  }
  // What pgbouncer and RDS Proxy say to the settings that we begin a session with.
  if (/startup parameter|command-line options/.test(message)) {
    return new NotAllowedError(
      `${host}:${port} does not let the master "${username}" in: ${message}. ${POOLER}`,
      error as Error,
    );
  }
  return isWrongPassword(error)
    ? new AuthenticationError(
        `${host}:${port} does not accept the password of the master "${username}" that is in ${secretPath}. Where it was rotated, wait until the instance has it; then run again.`,
        error as Error,
      )
    : new NotAllowedError(
        `${host}:${port} does not let the master "${username}" in: ${message}.`,
        error as Error,
      );
};

/** The rows of one run. */
const auditOf = (
  { environment, options }: ProvisionInput,
  { audit, report, now }: ProvisionPorts,
) => {
  const row = ({ durationMs, ...record }: ChangeRecord): AuditRow => ({
    timestamp_utc: now().toISOString(),
    environment,
    build_id: options.buildId ?? '',
    run_id: options.runId ?? '',
    duration_ms: String(durationMs),
    ...record,
  });
  return {
    changes: async (records: ChangeRecord[]) => {
      await audit.append(records.map(row));
      for (const record of records) report({ type: 'change', ...record });
    },
    refusals: (plans: readonly DatabasePlan[]) =>
      audit.append(
        plans.flatMap(({ databaseName, username, refusal }) =>
          refusal === undefined
            ? []
            : [
                row({
                  database: databaseName,
                  username,
                  action: 'refuse',
                  status: 'failed',
                  durationMs: 0,
                  message: refusal,
                }),
              ],
        ),
      ),
    /** What is there and yet not in the file, because a run that made it was killed before it could say so. */
    presence: async (there: readonly Made[]) => {
      await audit.append(
        unrecorded(there, await audit.read()).map(made =>
          row({
            ...made,
            status: 'no_change',
            durationMs: 0,
            message: 'was there already',
          }),
        ),
      );
    },
    summary: (start: Date, isDone: boolean, message: string) =>
      audit.append([
        row({
          database: '',
          username: '',
          action: 'observe',
          status: isDone ? 'success' : 'failed',
          durationMs: now().getTime() - start.getTime(),
          message,
        }),
      ]),
  };
};
