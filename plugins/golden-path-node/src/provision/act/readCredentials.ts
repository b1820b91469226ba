import {
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { findEntryProblems } from '../../infraRepo/decide/findEntryProblems';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { DesiredDatabase } from '../decide/desired';
import { createPreflightError } from '../decide/preflight';
import {
  MasterLogin,
  readDatabaseSecret,
  readMasterSecret,
} from '../decide/secretValues';
import type { ProvisionReporter, SecretsReader } from '../ports';

export interface CredentialOptions {
  environment: string;
  entries: readonly TfvarsEntry[];
  /** Path of the master's secret. Default: `goldenpath/<environment>/rds/master`. */
  masterSecret?: string;
  secretPrefix?: string;
  /** Endpoint of the instance. Default: the one in the master's secret. */
  host?: string;
  port?: number;
  /** Whether to skip entries whose secret doesn't exist yet, as before terraform apply. */
  allowMissing: boolean;
}

export interface Credentials {
  master: MasterLogin;
  desired: DesiredDatabase[];
  /** The current login's password, by role. */
  passwords: ReadonlyMap<string, string>;
  /** Entries without a secret, each with the message for it. */
  missing: Array<{ entry: TfvarsEntry; problem: string }>;
}

const masterPathOf = ({
  environment,
  masterSecret,
  secretPrefix,
}: CredentialOptions): string =>
  masterSecret ?? masterSecretName(environment, secretPrefix);

/**
 * Reads the master's secret alone: enough to take the lock.
 * @returns credentials without databases
 * @throws InputError with every problem of the entries and of this secret, one per line
 */
export const readMaster = async (
  options: CredentialOptions,
  { secrets }: { secrets: SecretsReader },
): Promise<Credentials> => {
  const [reading] = await secrets.read([masterPathOf(options)]);
  const master = readMasterSecret(reading, options);
  const login = 'login' in master ? master.login : undefined;
  const problems = [
    ...findEntryProblems(options.entries, login?.username),
    ...('problems' in master ? master.problems : []),
  ];
  if (problems.length > 0 || !login) throw createPreflightError(problems);
  return { master: login, desired: [], passwords: new Map(), missing: [] };
};

/**
 * Reads the secrets of the master and of every entry.
 * @throws InputError with every problem of entries and secrets, one per line
 */
export const readCredentials = async (
  options: CredentialOptions,
  { secrets, report }: { secrets: SecretsReader; report: ProvisionReporter },
): Promise<Credentials> => {
  const { environment, entries, secretPrefix } = options;
  const paths = [
    masterPathOf(options),
    ...entries.map(({ key }) => secretName(environment, key, secretPrefix)),
  ];
  const reportProgress = (done: number) =>
    report({
      type: 'progress',
      phase: 'secrets',
      done,
      total: paths.length,
      underway: [],
    });
  reportProgress(0);
  const [masterReading, ...readings] = await secrets.read(
    paths,
    reportProgress,
  );

  const master = readMasterSecret(masterReading, options);
  const login = 'login' in master ? master.login : undefined;
  const problems = [
    ...findEntryProblems(entries, login?.username),
    ...('problems' in master ? master.problems : []),
  ];
  const missing: Credentials['missing'] = [];
  const desired: DesiredDatabase[] = [];
  const passwords = new Map<string, string>();
  entries.forEach((entry, index) => {
    const reading = readings[index];
    const read = readDatabaseSecret(reading, entry, login?.endpoint);
    if ('credentials' in read) {
      const { databaseName, username, createdb, connectionLimit } = entry;
      const { secret, login: current, password } = read.credentials;
      desired.push({
        databaseName,
        username,
        login: current,
        createdb,
        connectionLimit,
        secret,
      });
      passwords.set(username, password);
      return;
    }
    const isMissing = 'problem' in reading && reading.problem === 'missing';
    if (options.allowMissing && isMissing)
      missing.push({ entry, problem: read.problems[0] });
    else problems.push(...read.problems);
  });

  if (problems.length > 0 || !login) throw createPreflightError(problems);
  return { master: login, desired, passwords, missing };
};
