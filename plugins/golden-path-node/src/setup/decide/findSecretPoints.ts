import {
  masterSecretName,
  masterSecretSchema,
} from '@goldenpath/plugin-golden-path-common';
import { readSecret, SecretReading } from '../../provision/decide/secretValues';
import {
  GitHubEnvironment,
  nameCheckEnvironment,
  nameVariable,
  readVariable,
} from './githubSetup';
import { createOpenPoint, Reading, SetupPoint } from './setupPoint';

/**
 * A login that the provisioner or the drift check reads from Secrets Manager.
 *
 * @public
 */
export interface LoginSecret {
  environment: string;
  login: 'master' | 'check';
  /** Name or ARN of the secret. */
  name: string;
  /** Whether a variable gives the host, which a secret managed by RDS doesn't have. */
  hasHost: boolean;
}

const SECRET = 'GOLDENPATH_MASTER_SECRET';
const HOST = 'GOLDENPATH_RDS_HOST';

/**
 * Lists the logins of every environment: those that the variables name, else by their default names.
 *
 * @public
 */
export const listLoginSecrets = (
  settings: { environments: readonly string[]; secretPrefix: string },
  found?: {
    variables: Reading<Record<string, string>>;
    environments: Reading<GitHubEnvironment[]>;
  },
): LoginSecret[] => {
  const ofRepo = readOr(found?.variables, {});
  const environments = readOr(found?.environments, []);
  /** A variable of the environment wins, as in a job. */
  const visibleIn = (name: string) => ({
    ...ofRepo,
    ...readOr(environments.find(one => one.name === name)?.variables, {}),
  });
  return settings.environments.flatMap((environment): LoginSecret[] => {
    const defaultName = masterSecretName(environment, settings.secretPrefix);
    const ofApply = visibleIn(environment);
    const ofCheck = visibleIn(nameCheckEnvironment(environment));
    const secret = nameVariable(SECRET, environment);
    const host = nameVariable(HOST, environment);
    const master = readVariable(ofApply, secret) ?? defaultName;
    const check = readVariable(ofCheck, secret);
    return [
      {
        environment,
        login: 'master',
        name: master,
        hasHost: readVariable(ofApply, host) !== undefined,
      },
      {
        environment,
        login: 'check',
        name:
          check === undefined || check === master
            ? defaultName.replace(/master$/, 'check')
            : check,
        hasHost: readVariable(ofCheck, host) !== undefined,
      },
    ];
  });
};

const readOr = <T>(reading: Reading<T> | undefined, fallback: T): T =>
  reading && 'value' in reading ? reading.value : fallback;

const PURPOSE = {
  master: {
    why: 'The provisioner logs in with it.',
    next: 'docs/install.md, step 2, shows how to provide it.',
  },
  check: {
    why: 'The drift check logs in with it.',
    next: 'docs/install.md, step 3, shows how to create it.',
  },
};

/**
 * Checks that each login's secret exists and has what a login requires. Never shows a value.
 * @param readings - in the order of the secrets
 *
 * @public
 */
export const findSecretPoints = (
  secrets: readonly LoginSecret[],
  readings: readonly SecretReading[],
): SetupPoint[] =>
  secrets.flatMap((secret, index) => checkSecret(secret, readings[index]));

const checkSecret = (
  { environment, login, name, hasHost }: LoginSecret,
  reading: SecretReading,
): SetupPoint[] => {
  if ('problem' in reading && reading.problem === 'unreadable')
    return [
      { status: 'not checked', text: `secret ${name}: ${reading.reason}` },
    ];
  const open = (what: string) => createOpenPoint(what, PURPOSE[login]);
  const read = readSecret(reading, masterSecretSchema, {
    missing: 'create it',
    wrong: 'correct it there',
  });
  if ('problems' in read)
    return read.problems.map(problem =>
      open(`secret ${problem.replace(/\.$/, '')}`),
    );
  return read.value.host !== undefined || hasHost
    ? []
    : [
        open(
          `secret ${name}: host is missing, and so is the variable ${nameVariable(
            HOST,
            environment,
          )}`,
        ),
      ];
};
