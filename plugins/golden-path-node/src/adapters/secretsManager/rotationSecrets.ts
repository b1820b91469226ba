import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConflictError, NotFoundError } from '@backstage/errors';
import { loadAwsSecretsManager } from '../../libraries/awsSecretsManager';
import type { RotationSecrets } from '../../rotate/ports';
import { createSecretsReader, createUnreachableError } from './secretsReader';

/** 40 letters and digits are 238 bits; the same as Terraform generates for a new secret. */
const PASSWORD_LENGTH = 40;

/**
 * The calls of a rotation.
 *
 * @public
 */
export const createRotationSecrets = (
  client: Pick<SecretsManagerClient, 'send'>,
): RotationSecrets => {
  const {
    DescribeSecretCommand,
    GetRandomPasswordCommand,
    GetSecretValueCommand,
    PutSecretValueCommand,
    UpdateSecretVersionStageCommand,
  } = loadAwsSecretsManager();
  return {
    ...createSecretsReader(client),
    describe: async secretId => {
      const answer = await client
        .send(new DescribeSecretCommand({ SecretId: secretId }))
        .catch(explain(secretId, 'DescribeSecret'));
      return {
        name: answer.Name ?? secretId,
        stages: new Map(Object.entries(answer.VersionIdsToStages ?? {})),
        isDeleted: answer.DeletedDate !== undefined,
        changedAt: answer.LastChangedDate,
        rotatedAt: answer.LastRotatedDate,
      };
    },
    readVersion: async (secretId, versionId) => {
      const answer = await client
        .send(
          new GetSecretValueCommand({
            SecretId: secretId,
            VersionId: versionId,
          }),
        )
        .catch((error: Error) => {
          if (error.name === 'ResourceNotFoundException') return undefined;
          return explain(secretId, 'GetSecretValue')(error);
        });
      return answer?.SecretString === undefined
        ? undefined
        : {
            versionId,
            text: answer.SecretString,
            createdAt: answer.CreatedDate ?? new Date(0),
          };
    },
    putPending: async (secretId, token, text) => {
      await client
        .send(
          new PutSecretValueCommand({
            SecretId: secretId,
            ClientRequestToken: token,
            SecretString: text,
            VersionStages: ['AWSPENDING'],
          }),
        )
        .catch(explain(secretId, 'PutSecretValue'));
    },
    moveCurrent: async (secretId, { from, to }) => {
      await client
        .send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretId,
            VersionStage: 'AWSCURRENT',
            RemoveFromVersionId: from,
            MoveToVersionId: to,
          }),
        )
        .catch(explain(secretId, 'UpdateSecretVersionStage'));
    },
    dropPending: async (secretId, versionId) => {
      await client
        .send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretId,
            VersionStage: 'AWSPENDING',
            RemoveFromVersionId: versionId,
          }),
        )
        .catch(explain(secretId, 'UpdateSecretVersionStage'));
    },
    generatePassword: async () => {
      const { RandomPassword } = await client
        .send(
          new GetRandomPasswordCommand({
            PasswordLength: PASSWORD_LENGTH,
            ExcludePunctuation: true,
            RequireEachIncludedType: true,
          }),
        )
        .catch(explain('a new password', 'GetRandomPassword'));
      if (!RandomPassword)
        throw new ConflictError('Secrets Manager generated no password.');
      return RandomPassword;
    },
  };
};

/** The service's own messages name versions and stages, and never a value. */
const explain =
  (what: string, call: string) =>
  (error: unknown): never => {
    const { name, message } = error as Error;
    if (name === 'ResourceNotFoundException')
      throw new NotFoundError(
        `${what}: the secret doesn't exist; create it with terraform apply.`,
        error as Error,
      );
    if (name === 'AccessDeniedException')
      throw new ConflictError(
        `${what}: ${call} is denied (${message}). Allow the role of this run secretsmanager:${call} on it, and kms:Decrypt and kms:GenerateDataKey if it has a key of its own.`,
        error as Error,
      );
    if (
      [
        'ResourceExistsException',
        'InvalidRequestException',
        'InvalidParameterException',
        'DecryptionFailure',
        'EncryptionFailure',
        'LimitExceededException',
        'PreconditionNotMetException',
      ].includes(name)
    )
      throw new ConflictError(
        `${what}: ${call}: ${name}: ${message}`,
        error as Error,
      );
    throw createUnreachableError(error);
  };
