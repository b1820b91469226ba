import {
  DatabaseSecret,
  databaseSecretSchema,
  MasterSecret,
  masterSecretSchema,
} from '@goldenpath/plugin-golden-path-common';
import type { z } from 'zod';
import { nameClone } from './clone';
import type { SecretVersion } from './mark';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

/**
 * Result of reading one secret: its text at one version, or the problem.
 *
 * @public
 */
export type SecretReading =
  | { path: string; text: string; versionId: string }
  | { path: string; problem: 'missing' }
  | { path: string; problem: 'marked for deletion' }
  | { path: string; problem: 'unreadable'; reason: string };

/** The master's login and the instance's endpoint. */
export interface MasterLogin {
  host: string;
  port: number;
  username: string;
  password: string;
  secretPath: string;
  /** What the secrets of the apps must agree with. */
  endpoint: Endpoint;
}

/** Host and port that apps use, each with where it is said: an option, or the path of the master's secret. */
export interface Endpoint {
  host: string;
  hostFrom: string;
  port: number;
  portFrom: string;
}

/** The values of an app's secret. Plans never hold the password. */
export interface AppCredentials {
  /** The entry's role, or its clone after a rotation. */
  login: string;
  password: string;
  secret: SecretVersion;
}

const DEFAULT_PORT = 5432;

/** Reads the master's login. `given` overrides the secret's host and port; a secret managed by RDS has none. */
export const readMasterSecret = (
  reading: SecretReading,
  given: { host?: string; port?: number },
): { login: MasterLogin } | { problems: string[] } => {
  const read = readSecret<MasterSecret>(
    reading,
    masterSecretSchema,
    MASTER_NEXT_STEPS,
  );
  if ('problems' in read) return read;
  const host = given.host ?? read.value.host;
  if (host === undefined) {
    return {
      problems: [
        `${reading.path}: host is missing, as in secrets managed by RDS; set it with --host.`,
      ],
    };
  }
  const { username, password, port: own } = read.value;
  const port = given.port ?? own ?? DEFAULT_PORT;
  return {
    login: {
      host,
      port,
      username,
      password,
      secretPath: reading.path,
      endpoint: {
        host,
        hostFrom: given.host === undefined ? reading.path : '--host',
        // --port may be that of a tunnel; the apps use the instance's own.
        port: own ?? port,
        portFrom: describePortSource(reading.path, own, given.port),
      },
    },
  };
};

const describePortSource = (
  path: string,
  own: number | undefined,
  given: number | undefined,
): string => {
  if (own !== undefined) return path;
  return given === undefined
    ? `PostgreSQL's default, as ${path} has none`
    : '--port';
};

/** Reads one app's credentials and compares them with its entry, and with the instance's endpoint when it is known. */
export const readDatabaseSecret = (
  reading: SecretReading,
  entry: Pick<TfvarsEntry, 'databaseName' | 'username'>,
  endpoint: Endpoint | undefined,
): { credentials: AppCredentials } | { problems: string[] } => {
  const read = readSecret<DatabaseSecret>(
    reading,
    databaseSecretSchema,
    APP_NEXT_STEPS,
  );
  if ('problems' in read) return read;
  const { value, versionId } = read;
  const { path } = reading;
  const problems: string[] = [];
  const expect = (name: string, actual: string, expected: string) => {
    if (actual !== expected) {
      problems.push(
        `${path}: ${name} is ${JSON.stringify(
          actual,
        )} and should be ${JSON.stringify(expected)}; correct the entry, or ${
          APP_NEXT_STEPS.wrong
        }.`,
      );
    }
  };
  expect('dbname', value.dbname, entry.databaseName);
  if (value.username !== nameClone(entry.username))
    expect('username', value.username, entry.username);
  const expectEndpoint = (
    name: string,
    actual: string | number,
    expected: string | number,
    from: string,
  ) => {
    if (actual !== expected) {
      problems.push(
        `${path}: ${name} is ${JSON.stringify(actual)}, and ${JSON.stringify(
          expected,
        )} in ${from}; ${
          from.startsWith('--')
            ? `give the ${from} that the apps use`
            : `correct it there`
        }, or ${APP_NEXT_STEPS.wrong}.`,
      );
    }
  };
  if (endpoint) {
    expectEndpoint(
      'host',
      normalizeHost(value.host),
      normalizeHost(endpoint.host),
      endpoint.hostFrom,
    );
    expectEndpoint('port', value.port, endpoint.port, endpoint.portFrom);
  }
  return problems.length > 0
    ? { problems }
    : {
        credentials: {
          login: value.username,
          password: value.password,
          secret: { path, versionId },
        },
      };
};

/** DNS names ignore case and a dot at the end. */
const normalizeHost = (host: string) =>
  host.toLocaleLowerCase('en').replace(/\.$/, '');

/** The next step for each problem with a secret. */
interface NextSteps {
  missing: string;
  wrong: string;
}
const APP_NEXT_STEPS: NextSteps = {
  missing: 'create it with terraform apply',
  wrong: 'generate it again with terraform apply -replace',
};
const MASTER_NEXT_STEPS: NextSteps = {
  missing: "name the master's secret with --master-secret",
  wrong: 'correct it there, or name another secret with --master-secret',
};

const describeUnreadable = (
  reading: Extract<SecretReading, { problem: string }>,
  { missing }: NextSteps,
): string => {
  switch (reading.problem) {
    case 'missing':
      return `the secret doesn't exist; ${missing}.`;
    case 'marked for deletion':
      return `the secret is marked for deletion; restore it with aws secretsmanager restore-secret --secret-id ${reading.path}, or remove the entry.`;
    default:
      return `can't read the secret: ${reading.reason}`;
  }
};

/** Parses a secret. Problems name the secret and the field, never a value. */
export const readSecret = <T extends { password: string }>(
  reading: SecretReading,
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
  nextSteps: NextSteps,
): { value: T; versionId: string } | { problems: string[] } => {
  const { path } = reading;
  if ('problem' in reading)
    return { problems: [`${path}: ${describeUnreadable(reading, nextSteps)}`] };
  let json: unknown;
  try {
    json = JSON.parse(reading.text);
  } catch {
    // The parser's message quotes the text, including the password.
    return {
      problems: [`${path}: the secret is not JSON; ${nextSteps.wrong}.`],
    };
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(
        issue => `${path}: ${describeIssue(issue)}; ${nextSteps.wrong}.`,
      ),
    };
  }
  const { password } = parsed.data;
  if (password.includes('\0') || !isWellFormed(password)) {
    return {
      problems: [
        `${path}: password has a character that PostgreSQL can't store (NUL, or half of a surrogate pair); ${nextSteps.wrong}.`,
      ],
    };
  }
  return { value: parsed.data, versionId: reading.versionId };
};

/** Whether the text can be sent as UTF-8 without loss. */
const isWellFormed = (text: string) =>
  Buffer.from(text, 'utf8').toString('utf8') === text;

const describeIssue = (issue: z.ZodIssue): string => {
  const name = issue.path.join('.');
  if (name === '') return 'the secret is not a JSON object';
  // A field that may be number or text reports both errors. Its own rule's message is useful, zod's is not.
  const messages =
    issue.code === 'invalid_union'
      ? issue.unionErrors.flatMap(error =>
          error.issues.map(({ message }) => message),
        )
      : [issue.message];
  if (messages.every(message => message === 'Required'))
    return `${name} is missing`;
  return (
    messages.find(message => message.startsWith(name)) ??
    `${name}: ${messages[0]}`
  );
};
