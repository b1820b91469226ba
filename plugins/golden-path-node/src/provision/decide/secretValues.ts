import {
  DatabaseSecret,
  databaseSecretSchema,
  MasterSecret,
  masterSecretSchema,
} from '@goldenpath/plugin-golden-path-common';
import type { z } from 'zod';
import type { SecretVersion } from './mark';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';

/** What came of reading one secret: its text at one version, or why there is none. */
export type SecretReading =
  | { path: string; text: string; versionId: string }
  | { path: string; problem: 'missing' }
  | { path: string; problem: 'marked for deletion' }
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

const DEFAULT_PORT = 5432;

/**
 * The master's login. `host` and `port` given by hand stand above those of the secret; one that RDS manages has none.
 */
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
  const read = readSecret<DatabaseSecret>(
    reading,
    databaseSecretSchema,
    APP_NEXT_STEPS,
  );
  if ('problems' in read) return read;
  const { value, versionId } = read;
  const { path } = reading;
  const problems: string[] = [];
  const expect = (name: string, is: string, shouldBe: string) => {
    if (is !== shouldBe) {
      problems.push(
        `${path}: ${name} is ${JSON.stringify(
          is,
        )} and should be ${JSON.stringify(shouldBe)}; correct the entry, or ${
          APP_NEXT_STEPS.wrong
        }.`,
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

/** What to do about a secret, by what is wrong with it. */
interface NextSteps {
  missing: string;
  wrong: string;
}
const APP_NEXT_STEPS: NextSteps = {
  missing: 'terraform apply makes it',
  wrong: 'have Terraform write it anew, with apply -replace',
};
const MASTER_NEXT_STEPS: NextSteps = {
  missing: "give the one that holds the master's login with --master-secret",
  wrong: 'correct it there, or give another secret with --master-secret',
};

const unread = (
  reading: Extract<SecretReading, { problem: string }>,
  { missing }: NextSteps,
): string => {
  switch (reading.problem) {
    case 'missing':
      return `there is no such secret; ${missing}.`;
    case 'marked for deletion':
      return `the secret is marked for deletion; bring it back with aws secretsmanager restore-secret --secret-id ${reading.path}, or take the entry out.`;
    default:
      return `can't be read: ${reading.reason}`;
  }
};

const readSecret = <T extends { password: string }>(
  reading: SecretReading,
  schema: z.ZodType<T, z.ZodTypeDef, unknown>,
  nextSteps: NextSteps,
): { value: T; versionId: string } | { problems: string[] } => {
  const { path } = reading;
  if ('problem' in reading)
    return { problems: [`${path}: ${unread(reading, nextSteps)}`] };
  let json: unknown;
  try {
    json = JSON.parse(reading.text);
  } catch {
    // The parser's own message quotes the text, and with it the password.
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
        `${path}: password holds a character that PostgreSQL can't take (NUL, or half of a surrogate pair); ${nextSteps.wrong}.`,
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
