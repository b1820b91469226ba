import { randomInt } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DEFAULT_SECRET_PREFIX,
  masterSecretName,
  masterSecretSchema,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { readTfvars, TfvarsEntry } from '@goldenpath/plugin-golden-path-node';
import { parse } from '@cdktn/hcl2json';

/** The tag by which Terraform's own secrets are known; the kit's root sets it. */
export const MANAGED = { Key: 'managed-by', Value: 'goldenpath' };

export interface TerraformRoot {
  environment: string;
  secretPrefix: string;
  entries: TfvarsEntry[];
}

/** Reads the terraform.tfvars of the kit's Terraform root. @throws InputError if the file is invalid */
export const readRoot = async (
  text: string,
  path: string,
): Promise<TerraformRoot> => {
  const entries = await readTfvars(text, path);
  const values = (await parse(path, text)) as Record<string, unknown>;
  if (typeof values.environment !== 'string')
    throw new Error(`${path}: "environment" is missing.`);
  return {
    environment: values.environment,
    secretPrefix:
      typeof values.secret_prefix === 'string'
        ? values.secret_prefix
        : process.env.TF_VAR_secret_prefix ?? DEFAULT_SECRET_PREFIX,
    entries,
  };
};

/** Creates one secret for the instance in the master's secret. The password goes nowhere else. */
export const makeSecret = async (
  root: TerraformRoot,
  entry: TfvarsEntry,
  client: SecretsManagerClient,
): Promise<string> => {
  const masterName = masterSecretName(root.environment, root.secretPrefix);
  const { SecretString } = await client.send(
    new GetSecretValueCommand({ SecretId: masterName }),
  );
  const { host, port } = masterSecretSchema.parse(
    JSON.parse(SecretString ?? '{}'),
  );
  const name = secretName(root.environment, entry.key, root.secretPrefix);
  await client.send(
    new CreateSecretCommand({
      Name: name,
      Tags: [
        MANAGED,
        { Key: 'environment', Value: root.environment },
        { Key: 'database', Value: entry.databaseName },
      ],
      SecretString: JSON.stringify({
        host,
        port,
        dbname: entry.databaseName,
        username: entry.username,
        password: createRandomPassword(),
      }),
    }),
  );
  return name;
};

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** Characters that break missing quotes in a shell, SQL, a URL or YAML. */
const AWKWARD = `!#$%&*()-_=+[]{}<>:?'"\\/@ ;`;

/** 32 characters; every fourth is one of those, the first and the last are letters or digits. */
const createRandomPassword = () =>
  Array.from({ length: 32 }, (_, i) => {
    const characters = i % 4 === 2 ? AWKWARD : PLAIN;
    return characters[randomInt(characters.length)];
  }).join('');

/** Deletes one secret, which can be restored for 30 days as the kit's root has it. */
export const deleteSecret = async (
  { environment, secretPrefix }: TerraformRoot,
  key: string,
  client: SecretsManagerClient,
): Promise<string> => {
  const SecretId = secretName(environment, key, secretPrefix);
  await client.send(
    new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 30 }),
  );
  return SecretId;
};
