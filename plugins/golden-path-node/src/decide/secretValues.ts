import {
  DatabaseSecret,
  databaseSecretSchema,
  MasterSecret,
  masterSecretSchema,
} from '@goldenpath/plugin-golden-path-common';
import type { z } from 'zod';
import type { SecretVersion } from './mark';
import type { TfvarsEntry } from './tfvars';

/** What came of reading one secret: its text at one version, or why there is none. */
export type SecretReading =
  | { path: string; text: string; versionId: string }
  | { path: string; problem: 'missing' }
  | { path: string; problem: 'unreadable'; reason: string };

/** An instance's master and where the instance answers. */
export interface MasterLogin {
  host: string;
  port: number;
  username: string;
  password: string;
  secretPath: string;
}

/** What an app's secret gives the provisioner. The password is in no plan, only here. */
export interface AppCredentials {
  password: string;
  secret: SecretVersion;
}

export const DEFAULT_PORT = 5432;

/**
 * The master's login. `host` and `port` given by hand stand above those of the secret; one that RDS manages has none.
 */
export const readMasterSecret = (
  reading: SecretReading,
  given: { host?: string; port?: number },
): { login: MasterLogin } | { problems: string[] } => {
  const read = readSecret<MasterSecret>(reading, masterSecretSchema);
  if ('problems' in read) return read;
  const host = given.host ?? read.value.host;
  if (host === undefined) {
    return {
      problems: [
        `${reading.path}: host is missing, as in secrets that RDS manages itself; give it with --host.`,
      ],
    };
  }
  return {
    login: {
      host,
      port: given.port ?? read.value.port ?? DEFAULT_PORT,
      username: read.value.username,
      password: read.value.password,
      secretPath: reading.path,
    },
  };
};

/** One app's credentials, checked against what the entry and the instance say. `host` where it is known. */
export const readDatabaseSecret = (
  reading: SecretReading,
  entry: Pick<TfvarsEntry, 'databaseName' | 'username'>,
  host: string | undefined,
): { credentials: AppCredentials } | { problems: string[] } => {
  const read = readSecret<DatabaseSecret>(reading, databaseSecretSchema);
  if ('problems' in read) return read;
  const { value, versionId } = read;
  const { path } = reading;
  const problems: string[] = [];
  const expect = (name: string, is: string, shouldBe: string) => {
    if (is !== shouldBe) {
      problems.push(
        `${path}: ${name} is ${JSON.stringify(
          is,
        )} and should be ${JSON.stringify(shouldBe)}.`,
      );
    }
  };
  expect('dbname', value.dbname, entry.databaseName);
  expect('username', value.username, entry.username);
  if (host !== undefined) expect('host', sameHost(value.host), sameHost(host));
  return problems.length > 0
    ? { problems }
    : {
        credentials: {
          password: value.password,
          secret: { path, versionId },
        },
      };
};

/** DNS knows no case, and a dot at the end changes nothing. */
const sameHost = (host: string) =>
  host.toLocaleLowerCase('en').replace(/\.$/, '');

const readSecret = <T extends { password: string }>(
  reading: SecretReading,
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
): { value: T; versionId: string } | { problems: string[] } => {
  const { path } = reading;
  if ('problem' in reading) {
    return {
      problems: [
        reading.problem === 'missing'
          ? `${path}: there is no such secret; terraform apply makes it.`
          : `${path}: can't be read: ${reading.reason}`,
      ],
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(reading.text);
  } catch {
    // The parser's own message quotes the text, and with it the password.
    return { problems: [`${path}: the secret is not JSON.`] };
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(
        issue => `${path}: ${describeIssue(issue)}.`,
      ),
    };
  }
  const { password } = parsed.data;
  if (password.includes('\0') || !isWellFormed(password)) {
    return {
      problems: [
        `${path}: password holds a character that PostgreSQL can't take (NUL, or half of a surrogate pair); have another one made.`,
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
  // A field that may be a number or text fails as both; what its own rule says is of use, zod's words are not.
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
