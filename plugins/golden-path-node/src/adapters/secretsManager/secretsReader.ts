import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import createLimit from 'p-limit';
import type { SecretReading } from '../../provision/decide/secretValues';
import { loadAwsSecretsManager } from '../../libraries/awsSecretsManager';

/** Most secrets per BatchGetSecretValue (AWS Secrets Manager API reference). */
const BATCH_SIZE = 20;
const CONCURRENCY = 5;
const MAX_ATTEMPTS = 8;

/**
 * Creates a client with endpoint, region and credentials from the SDK's environment. It retries throttling with
 * back-off.
 *
 * @public
 */
export const createSecretsManagerClient = (
  options: { region?: string } = {},
): SecretsManagerClient =>
  new (loadAwsSecretsManager().SecretsManagerClient)({
    region: async () =>
      checkRegion(options.region?.trim() || (await findRegion())),
    maxAttempts: MAX_ATTEMPTS,
  });

const GIVE_REGION = 'give --region or set AWS_REGION';
/** `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`; a zone, `eu-central-1a`, is none. */
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}$/;

/** The SDK would ask a host that doesn't exist. @throws InputError */
const checkRegion = (region: string): string => {
  if (REGION.test(region)) return region;
  throw new InputError(
    `No AWS region: ${GIVE_REGION}. ${JSON.stringify(
      region,
    )} is none; they look like eu-central-1.`,
  );
};

/**
 * The region of the SDK's own environment and files.
 * @throws InputError where there is none
 */
const findRegion = async (): Promise<string> => {
  const given = process.env.AWS_REGION?.trim();
  // The SDK refuses what is no host name without saying where it comes from.
  if (given) return given;
  try {
    return await new (loadAwsSecretsManager().SecretsManagerClient)(
      {},
    ).config.region();
  } catch (error) {
    throw new InputError(`No AWS region: ${GIVE_REGION}.`, error as Error);
  }
};

/**
 * Reads secrets in batches, or one by one when the role may not call BatchGetSecretValue.
 *
 * @public
 */
export const createSecretsReader = (
  client: Pick<SecretsManagerClient, 'send'>,
) => {
  const limit = createLimit(CONCURRENCY);
  const { BatchGetSecretValueCommand, GetSecretValueCommand } =
    loadAwsSecretsManager();

  const readOne = async (path: string): Promise<SecretReading> => {
    try {
      return toReading(
        path,
        await client.send(new GetSecretValueCommand({ SecretId: path })),
      );
    } catch (error) {
      const { name, message } = error as Error;
      if (isSingleSecretError(error)) return toProblem(path, name, message);
      throw createUnreachableError(error);
    }
  };

  const readBatch = async (paths: string[]): Promise<SecretReading[]> => {
    const answer = await client
      .send(new BatchGetSecretValueCommand({ SecretIdList: paths }))
      .catch(error => {
        if ((error as Error).name === 'AccessDeniedException') return undefined;
        throw createUnreachableError(error);
      });
    return Promise.all(
      paths.map(path => {
        const isSame = (id: string | undefined) =>
          id === path || (id?.includes(`:secret:${path}-`) ?? false);
        const value = answer?.SecretValues?.find(
          ({ Name, ARN }) => Name === path || ARN === path,
        );
        if (value) return toReading(path, value);
        const failed = answer?.Errors?.find(({ SecretId }) => isSame(SecretId));
        return failed
          ? toProblem(path, failed.ErrorCode ?? '', failed.Message ?? '')
          : limit(() => readOne(path));
      }),
    );
  };

  return {
    /**
     * Returns one reading per path, in the same order. A reading holds the problem of its secret.
     * @throws ServiceUnavailableError when Secrets Manager is unreachable
     */
    read: async (
      paths: readonly string[],
      onRead: (done: number) => void = () => undefined,
    ): Promise<SecretReading[]> => {
      let done = 0;
      const batches: string[][] = [];
      for (let at = 0; at < paths.length; at += BATCH_SIZE)
        batches.push(paths.slice(at, at + BATCH_SIZE));
      const batchLimit = createLimit(CONCURRENCY);
      const readings = await Promise.all(
        batches.map(batch =>
          batchLimit(async () => {
            const read = await readBatch(batch);
            done += batch.length;
            onRead(done);
            return read;
          }),
        ),
      );
      return readings.flat();
    },
  };
};

const toReading = (
  path: string,
  value: { SecretString?: string; VersionId?: string },
): SecretReading =>
  value.SecretString === undefined || value.VersionId === undefined
    ? {
        path,
        problem: 'unreadable',
        reason: 'it is binary, not text; store the JSON as SecretString.',
      }
    : { path, text: value.SecretString, versionId: value.VersionId };

const toProblem = (
  path: string,
  code: string,
  message: string,
): SecretReading => {
  if (code === 'ResourceNotFoundException') return { path, problem: 'missing' };
  // One code has several causes; only the message names this one (GetSecretValue, Secrets Manager API reference).
  if (code === 'InvalidRequestException' && /deletion/.test(message))
    return { path, problem: 'marked for deletion' };
  const nextStep = NEXT_STEPS[code];
  return {
    path,
    problem: 'unreadable',
    reason: `${code}: ${message.replace(/\.$/, '')}.${
      nextStep ? ` ${nextStep}` : ''
    }`,
  };
};

const NEXT_STEPS: Record<string, string> = {
  AccessDeniedException:
    'Allow the role of this run secretsmanager:GetSecretValue on it, and kms:Decrypt if it has a key of its own.',
  DecryptionFailure:
    "Allow the role of this run kms:Decrypt on the secret's key.",
};

/** Errors about a single secret; others may be readable. */
const isSingleSecretError = (error: unknown) =>
  [
    'ResourceNotFoundException',
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
    'InvalidParameterException',
  ].includes((error as Error).name);

export const createUnreachableError = (error: unknown) => {
  const { name, message } = error as Error;
  if (name === 'InputError') return error;
  return new ServiceUnavailableError(
    `Can't reach AWS Secrets Manager (${name}: ${message}). ${
      name === 'ThrottlingException'
        ? `It throttled ${MAX_ATTEMPTS} attempts: the account's request quota is used up. Run it again later.`
        : 'Check the region (--region or AWS_REGION), the credentials and, if set, AWS_ENDPOINT_URL_SECRETS_MANAGER: it must begin with https:// or http://.'
    }`,
    error as Error,
  );
};
