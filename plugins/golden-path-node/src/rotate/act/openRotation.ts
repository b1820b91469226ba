import { InputError, NotFoundError } from '@backstage/errors';
import {
  databaseSecretSchema,
  masterSecretName,
} from '@goldenpath/plugin-golden-path-common';
import { findEntryProblems } from '../../infraRepo/decide/findEntryProblems';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import { nameClone } from '../../provision/decide/clone';
import { createPreflightError } from '../../provision/decide/preflight';
import {
  MasterLogin,
  readDatabaseSecret,
  readMasterSecret,
  readSecret,
} from '../../provision/decide/secretValues';
import { findCurrent, parseSecretName } from '../decide/secretState';
import type { RotationDeps, SecretDescription, SecretValue } from '../ports';

const NEXT_STEPS = {
  missing: 'create it with terraform apply',
  wrong: 'generate it again with terraform apply -replace',
};

/** A secret with what a rotation of it starts from. Holds passwords. */
export interface Rotation {
  environment: string;
  secret: SecretDescription;
  /** The declared entry; undefined where nobody knows the entries. */
  entry: TfvarsEntry | undefined;
  /** The roles that entries declare. */
  declared: string[];
  master: MasterLogin;
  databaseName: string;
  /** The version that is current. */
  current: SecretValue & { login: string };
  /** The value of version `token`. */
  pending: SecretValue | undefined;
  /** Reads a version as the secret of an owner role. @throws InputError when it isn't */
  readCredentials(
    value: SecretValue,
    owner: string,
  ): { login: string; password: string };
}

/**
 * Reads a secret, one of its versions, the entries and the master's secret.
 * @throws InputError when the secret isn't that of a declared database
 * @throws NotFoundError when there is no such secret
 */
export const openRotation = async (
  deps: RotationDeps,
  { secretId, token }: { secretId: string; token: string },
): Promise<Rotation> => {
  const { secrets, options } = deps;
  const secret = await secrets.describe(secretId);
  const { name } = secret;
  const place = parseSecretName(name, options.secretPrefix);
  if (!place)
    throw new InputError(
      `${name} is not the secret of a database: its name must be like goldenpath/dev/users_db/postgres.`,
    );
  const { environment, key } = place;
  const entries = await deps.readEntries?.(environment);
  const entry = entries?.find(one => one.key === key);
  if (entries && !entry)
    throw new InputError(
      `${name}: terraform.tfvars of ${environment} declares no database ${key}.`,
    );
  const master = await readMaster(deps, environment);
  const problems = findEntryProblems(entries ?? [], master.username);
  if (problems.length > 0) throw createPreflightError(problems);

  const currentId = findCurrent(secret);
  const value =
    currentId === undefined
      ? undefined
      : await secrets.readVersion(name, currentId);
  if (!value)
    throw new NotFoundError(
      `${name}: the secret has no current version; ${NEXT_STEPS.missing}.`,
    );
  const read = readSecret(
    { path: name, ...value },
    databaseSecretSchema,
    NEXT_STEPS,
  );
  if ('problems' in read) throw createPreflightError(read.problems);
  const databaseName = entry?.databaseName ?? read.value.dbname;
  return {
    environment,
    secret,
    entry,
    declared: (entries ?? []).map(({ username }) => username),
    master,
    databaseName,
    current: { ...value, login: read.value.username },
    pending:
      token === currentId ? value : await secrets.readVersion(name, token),
    readCredentials: (version, owner) => {
      const found = readDatabaseSecret(
        { path: name, ...version },
        { databaseName, username: owner },
        master.endpoint,
      );
      if ('problems' in found) throw createPreflightError(found.problems);
      return found.credentials;
    },
  };
};

const readMaster = async (
  { secrets, options }: RotationDeps,
  environment: string,
): Promise<MasterLogin> => {
  const path =
    options.masterSecret ?? masterSecretName(environment, options.secretPrefix);
  const [reading] = await secrets.read([path]);
  const found = readMasterSecret(reading, options);
  if ('problems' in found) throw createPreflightError(found.problems);
  return found.login;
};

/** The roles that may own the current login: the login itself, or the role whose clone it is by its name. */
export const listPossibleOwners = ({ entry, current }: Rotation): string[] => {
  if (entry) return [entry.username];
  const owner = current.login.replace(/_clone$/, '');
  return nameClone(owner) === current.login
    ? [current.login, owner]
    : [current.login];
};
