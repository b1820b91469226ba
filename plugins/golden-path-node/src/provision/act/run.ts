import { secretName } from '@goldenpath/plugin-golden-path-common';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { ProvisionMode } from '../decide/events';
import {
  LoginResult,
  Observation,
  ObservedServer,
} from '../decide/observation';
import { DatabasePlan, planProvision } from '../decide/plan';
import { explainMasterError } from '../decide/postgres/connectionErrors';
import type {
  AuditSink,
  Connect,
  ProvisionReporter,
  SecretsReader,
  Session,
} from '../ports';
import {
  selectLoginCandidates,
  observeInstance,
  observeLogins,
} from './observe';
import { Credentials } from './readCredentials';
import { trackProgress } from './trackProgress';

export const DEFAULT_CONCURRENCY = 4;

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

/** What all parts of one run work with. */
export interface Run extends Credentials {
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

export const prepareRun = (
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
        throw explainMasterError(error, master);
      }),
    observe: async (session, server, phase, known) => {
      const observed = await observeInstance(session, server, desired);
      // What was made is told in any case; whoever stops us doesn't wait for logins that confirm it.
      const isConfirming = phase === 'verify';
      if (!loginTest || (isConfirming && options.signal?.aborted))
        return observed;
      const candidates = selectLoginCandidates(desired, observed).filter(
        ({ username }) => !known.has(username),
      );
      const logins = await observeLogins(candidates, {
        concurrency,
        inspectDatabase: mode === 'check',
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

export const passwordOf = (
  passwords: ReadonlyMap<string, string>,
  username: string,
): string => {
  const password = passwords.get(username);
  if (!password) throw new Error(`No secret was read for ${username}.`);
  return password;
};
