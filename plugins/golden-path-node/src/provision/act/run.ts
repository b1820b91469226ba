import {
  DEFAULT_CONCURRENCY,
  DEFAULT_LOGINS,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { ProvisionMode } from '../decide/events';
import {
  assumeMaster,
  isMaster,
  LoginResult,
  majorVersion,
  Observation,
} from '../decide/observation';
import { DatabasePlan, planProvision } from '../decide/plan';
import {
  selectAdoptionCandidates,
  selectQuestions,
} from '../decide/planUndeclared';
import { explainMasterError } from '../decide/postgres/connectionErrors';
import type {
  AuditSink,
  Connect,
  ConnectTarget,
  ProvisionReporter,
  SecretsReader,
  Session,
} from '../ports';
import { lookAtLogin } from './lookAtLogin';
import { observeInstance, selectLoginCandidates } from './observeInstance';
import { observeLogins } from './observeLogins';
import { observeObjects } from './observeUndeclared';
import type { ReadyServer } from './preflight';
import { Credentials } from './readCredentials';
import { trackProgress } from './trackProgress';

/** @public */
export interface ProvisionInput {
  environment: string;
  entries: readonly TfvarsEntry[];
  /** Reads the entries again once the lock is held: they may have changed during the wait. */
  readEntries?(): Promise<readonly TfvarsEntry[]>;
  options: ProvisionOptions;
}

/** @public */
export interface ProvisionOptions {
  /** Default: `apply`. The other two change nothing and take no lock. */
  mode?: ProvisionMode;
  /** Path of the master's secret. Default: `goldenpath/<environment>/rds/master`. */
  masterSecret?: string;
  secretPrefix?: string;
  /** Endpoint of the instance. Default: the one in the master's secret. */
  host?: string;
  port?: number;
  /** Recorded in the audit: the CI build, and this run. */
  buildId?: string;
  runId?: string;
  /** The page of this run. */
  runUrl?: string;
  /** Take over unmanaged roles, and databases that they or the master own. */
  adopt?: boolean;
  /** What breaks isolation is drift. */
  strict?: boolean;
  /**
   * Databases whose managed roles are locked, if no entry declares them. An empty list locks nothing and tells all that
   * could be named.
   */
  retire?: readonly string[];
  /** Stop at the first refusal or failure. Default: true. */
  failFast?: boolean;
  /** Test every password with a login. Default: true. Without it, the mark alone decides. */
  loginTest?: boolean;
  /** Check connections, pooler and PUBLIC privileges before the first change. Default: true. */
  preflight?: boolean;
  /** Databases processed, and logins tested, at a time. Default: 4 and 8. */
  concurrency?: number;
  lockTimeoutMs?: number;
  /** Ends the run after the current step. Before the first change it ends at once. */
  signal?: AbortSignal;
}

/** @public */
export interface ProvisionPorts {
  secrets: SecretsReader;
  connect: Connect;
  /** Used only in mode `apply`. */
  audit: AuditSink;
  report: ProvisionReporter;
  now(): Date;
}

/** State and operations shared by all parts of one run. */
export interface Run extends Credentials {
  environment: string;
  options: ProvisionOptions;
  ports: ProvisionPorts;
  entries: readonly TfvarsEntry[];
  /** At a time, as asked for: databases, and logins of apps. */
  wanted: { workers: number; logins: number };
  /** Whether the path is that of a database secret of this environment. */
  isOwnSecret(path: string): boolean;
  /** Default: to database `postgres`. `despiteStop`: also after `signal` has aborted. */
  connectAsMaster(
    database?: string,
    how?: { despiteStop: boolean },
  ): Promise<Session>;
  /** Reads roles and databases, and tests logins. Skips the logins in `known`. */
  observe(
    session: Session,
    server: ReadyServer,
    phase: 'observe' | 'verify',
    known: ReadonlyMap<string, LoginResult>,
  ): Promise<Observation>;
  plan(observed: Observation): DatabasePlan[];
}

const STOPPED_BEFORE_LOGIN =
  'login not checked: the run was stopped before it. Run it again.';

export const prepareRun = (
  { environment, entries, options }: ProvisionInput,
  ports: ProvisionPorts,
  credentials: Credentials,
): Run => {
  const { master, desired, passwords } = credentials;
  const { mode = 'apply', loginTest = true } = options;
  const connect = (
    login: { username: string; password: string; database: string },
    how: Pick<ConnectTarget, 'settings' | 'signal'>,
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
  const connectAsMaster = (
    database = 'postgres',
    { despiteStop } = { despiteStop: false },
  ) =>
    connect(
      { ...master, database },
      {
        settings: mode === 'apply' ? 'read-write' : 'read-only',
        signal: despiteStop ? undefined : options.signal,
      },
    ).catch(error => {
      // What is said of the way in is said of database postgres.
      throw database === 'postgres' ? explainMasterError(error, master) : error;
    });
  return {
    ...credentials,
    environment,
    options,
    ports,
    entries,
    wanted: {
      workers: options.concurrency ?? DEFAULT_CONCURRENCY,
      logins: options.concurrency ?? DEFAULT_LOGINS,
    },
    isOwnSecret: path =>
      path ===
      secretName(
        environment,
        path.split('/').at(-2) ?? '',
        options.secretPrefix,
      ),
    connectAsMaster,
    observe: async (session, server, phase, known) => {
      const seen = await observeInstance(session, server, desired);
      const objects = options.adopt
        ? await observeObjects(selectAdoptionCandidates(desired, seen), {
            version: majorVersion(server),
            concurrency: server.workers,
            connect: connectAsMaster,
          })
        : new Map();
      const observed: Observation = {
        ...(mode === 'check' && !isMaster(server) ? assumeMaster(seen) : seen),
        objects,
      };
      if (!loginTest) return observed;
      const candidates = selectLoginCandidates(desired, observed).filter(
        ({ username }) => !known.has(username),
      );
      const logins = await observeLogins(candidates, {
        concurrency: server.logins,
        isCheck: mode === 'check',
        ask: login => selectQuestions(login, observed, mode === 'check'),
        server,
        connect: login =>
          connect(login, { settings: 'own', signal: options.signal }),
        getPassword: username => getPassword(passwords, username),
        hasDatabase: name => observed.databases.has(name),
        look: login => lookAtLogin(session, login),
        track: trackProgress(ports.report, phase, candidates.length),
        signal: options.signal,
        // Changes that were made are still reported after a stop.
        untestedAfterStop:
          phase === 'verify' ? STOPPED_BEFORE_LOGIN : undefined,
      });
      return { ...observed, logins: new Map([...known, ...logins]) };
    },
    plan: observed =>
      planProvision(desired, observed, {
        adopt: options.adopt ?? false,
        strict: options.strict ?? false,
      }),
  };
};

export const getPassword = (
  passwords: ReadonlyMap<string, string>,
  username: string,
): string => {
  const password = passwords.get(username);
  if (!password) throw new Error(`No secret was read for ${username}.`);
  return password;
};
