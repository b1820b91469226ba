import { randomInt } from 'node:crypto';
import {
  CreateSecretCommand,
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

export interface TerraformRoot {
  environment: string;
  secretPrefix: string;
  entries: TfvarsEntry[];
}

/** What the kit's Terraform root says in its terraform.tfvars. @throws InputError where the file is not right */
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

/** The secrets that the root declares and that are not there yet. */
export const missingSecrets = async (
  root: TerraformRoot,
  client: SecretsManagerClient,
): Promise<TfvarsEntry[]> => {
  const missing: TfvarsEntry[] = [];
  for (const entry of root.entries) {
    const SecretId = secretName(root.environment, entry.key, root.secretPrefix);
    const isThere = await client
      .send(new GetSecretValueCommand({ SecretId }))
      .then(
        () => true,
        error => {
          if (error.name === 'ResourceNotFoundException') return false;
          throw error;
        },
      );
    if (!isThere) missing.push(entry);
  }
  return missing;
};

/** Makes one secret, for the instance that the master's secret names. The password leaves this function nowhere else. */
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
      SecretString: JSON.stringify({
        host,
        port,
        dbname: entry.databaseName,
        username: entry.username,
        password: randomPassword(),
      }),
    }),
  );
  return name;
};

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** What breaks careless quoting in a shell, in SQL, in a URL or in YAML. */
const AWKWARD = `!#$%&*()-_=+[]{}<>:?'"\\/@ ;`;

/** 32 characters, of which every fourth is an awkward one; the first and the last are plain. */
const randomPassword = () =>
  Array.from({ length: 32 }, (_, i) => {
    const characters = i % 4 === 2 ? AWKWARD : PLAIN;
    return characters[randomInt(characters.length)];
  }).join('');
