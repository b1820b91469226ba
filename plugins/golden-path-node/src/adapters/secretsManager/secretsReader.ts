import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import createLimit from 'p-limit';
import type { SecretReading } from '../../provision/decide/secretValues';
import { awsSecretsManager } from '../../libraries/awsSecretsManager';

/** The most that BatchGetSecretValue takes (AWS Secrets Manager API reference). */
const BATCH_SIZE = 20;
const CONCURRENCY = 5;
const MAX_ATTEMPTS = 8;

/**
 * A client with the endpoint, region and credentials of the SDK's own environment. Throttling is retried with back-off.
 *
 * @public
 */
export const createSecretsManagerClient = (
  options: { region?: string } = {},
): SecretsManagerClient =>
  new (awsSecretsManager().SecretsManagerClient)({
    region: options.region || findRegion,
    maxAttempts: MAX_ATTEMPTS,
  });

/**
 * The region of the SDK's own environment and files.
 * @throws InputError where there is none
 */
const findRegion = async (): Promise<string> => {
  try {
    return await new (awsSecretsManager().SecretsManagerClient)(
      {},
    ).config.region();
  } catch (error) {
    // One that is given and wrong is told in the SDK's words, which name it.
    if (process.env.AWS_REGION) throw error;
    throw new InputError(
      'No AWS region: give --region or set AWS_REGION.',
      error as Error,
    );
  }
};

/**
 * Reads secrets in batches; one by one where the role may not call BatchGetSecretValue.
 *
 * @public
 */
export const createSecretsReader = (
  client: Pick<SecretsManagerClient, 'send'>,
) => {
  const limit = createLimit(CONCURRENCY);
  const { BatchGetSecretValueCommand, GetSecretValueCommand } =
    awsSecretsManager();

  const readOne = async (path: string): Promise<SecretReading> => {
    try {
      return toReading(
        path,
        await client.send(new GetSecretValueCommand({ SecretId: path })),
      );
    } catch (error) {
      const { name, message } = error as Error;
      if (isRefusalOfOne(error)) return toProblem(path, name, message);
      throw unreachable(error);
    }
  };

  const readBatch = async (paths: string[]): Promise<SecretReading[]> => {
    const answer = await client
      .send(new BatchGetSecretValueCommand({ SecretIdList: paths }))
      .catch(error => {
        if ((error as Error).name === 'AccessDeniedException') return undefined;
        throw unreachable(error);
      });
    return Promise.all(
      paths.map(path => {
        const isIt = (id: string | undefined) =>
          id === path || (id?.includes(`:secret:${path}-`) ?? false);
        const value = answer?.SecretValues?.find(
          ({ Name, ARN }) => Name === path || ARN === path,
        );
        if (value) return toReading(path, value);
        const failed = answer?.Errors?.find(({ SecretId }) => isIt(SecretId));
        return failed
          ? toProblem(path, failed.ErrorCode ?? '', failed.Message ?? '')
          : limit(() => readOne(path));
      }),
    );
  };

  return {
    /**
     * One reading a path, in the same order; what is wrong with a single secret is in its reading.
     * @throws ServiceUnavailableError when Secrets Manager can't be reached at all
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
        reason: 'it holds bytes and not text; store the JSON as SecretString.',
      }
    : { path, text: value.SecretString, versionId: value.VersionId };

const toProblem = (
  path: string,
  code: string,
  message: string,
): SecretReading => {
  if (code === 'ResourceNotFoundException') return { path, problem: 'missing' };
  // One code for several things; only its words tell this one (GetSecretValue, Secrets Manager API reference).
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
    'Give the role that runs this secretsmanager:GetSecretValue on it, and kms:Decrypt where it has a key of its own.',
  DecryptionFailure:
    "Give the role that runs this kms:Decrypt on the secret's key.",
};

/** AWS answers these about the one secret that was asked for, and others may well be readable. */
const isRefusalOfOne = (error: unknown) =>
  [
    'ResourceNotFoundException',
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
    'InvalidParameterException',
  ].includes((error as Error).name);

const unreachable = (error: unknown) => {
  const { name, message } = error as Error;
  if (name === 'InputError') return error;
  return new ServiceUnavailableError(
    `Can't reach AWS Secrets Manager (${name}: ${message}). ${
      name === 'ThrottlingException'
        ? `It refused ${MAX_ATTEMPTS} times, because others of the account ask it as well: run it again later.`
        : 'Check the region (--region or AWS_REGION), the credentials of this environment and, where it is set, AWS_ENDPOINT_URL_SECRETS_MANAGER: it begins with https:// or http://.'
    }`,
    error as Error,
  );
};
