import { randomUUID } from 'node:crypto';
import type * as aws from '@aws-sdk/client-secrets-manager';
import {
  findSecret,
  Operation,
  Secret,
  ServiceError,
  Store,
  takePage,
} from './model';
import { createRandomPassword } from './randomPassword';
import { findWindow } from './schedule';
import { readValue } from './values';
import { checkToken, putVersion } from './versions';

/** The operations on secrets, as in AWS's API model. */
export interface SecretOperations {
  CreateSecret: Operation<aws.CreateSecretRequest, aws.CreateSecretResponse>;
  DescribeSecret: Operation<
    aws.DescribeSecretRequest,
    aws.DescribeSecretResponse
  >;
  ListSecrets: Operation<aws.ListSecretsRequest, aws.ListSecretsResponse>;
  DeleteSecret: Operation<aws.DeleteSecretRequest, aws.DeleteSecretResponse>;
  RestoreSecret: Operation<aws.RestoreSecretRequest, aws.RestoreSecretResponse>;
  GetResourcePolicy: Operation<
    aws.GetResourcePolicyRequest,
    aws.GetResourcePolicyResponse
  >;
  GetRandomPassword: Operation<
    aws.GetRandomPasswordRequest,
    aws.GetRandomPasswordResponse
  >;
}

/** The operations on a map of secrets by name. Errors are those of AWS's API model. */
export const createSecretOperations = (store: Store): SecretOperations => {
  const { secrets, now } = store;
  return {
    CreateSecret: input => {
      const name = input.Name ?? '';
      if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name))
        throw new ServiceError(
          'InvalidParameterException',
          `Invalid name: ${JSON.stringify(name)}.`,
        );
      if (secrets.has(name))
        throw new ServiceError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      const { ClientRequestToken: versionId = randomUUID() } = input;
      checkToken(versionId);
      const secret: Secret = {
        name,
        arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-${randomUUID().slice(
          0,
          6,
        )}`,
        description: input.Description,
        createdDate: now(),
        tags: input.Tags ?? [],
        versions: [],
      };
      // As Terraform creates it: the value comes later, with PutSecretValue.
      const isEmpty = input.SecretString === undefined && !input.SecretBinary;
      if (!isEmpty)
        putVersion(secret, { versionId, value: readValue(input), now: now() });
      secrets.set(name, secret);
      return {
        ARN: secret.arn,
        Name: name,
        ...(isEmpty ? {} : { VersionId: versionId }),
      };
    },
    DescribeSecret: input => {
      const secret = findSecret(store, input.SecretId);
      return {
        ...describe(secret),
        VersionIdsToStages: Object.fromEntries(
          secret.versions
            .filter(({ stages }) => stages.length > 0)
            .map(({ versionId, stages }) => [versionId, stages]),
        ),
      };
    },
    ListSecrets: input => {
      const { items, more } = takePage(
        [...secrets.values()].filter(
          secret =>
            input.IncludePlannedDeletion || secret.deletedDate === undefined,
        ),
        input,
      );
      return { SecretList: items.map(describe), ...more };
    },
    DeleteSecret: input => {
      const secret = findSecret(store, input.SecretId);
      if (input.ForceDeleteWithoutRecovery) secrets.delete(secret.name);
      else secret.deletedDate = now();
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now() };
    },
    RestoreSecret: input => {
      const secret = findSecret(store, input.SecretId);
      delete secret.deletedDate;
      return { ARN: secret.arn, Name: secret.name };
    },
    // No secret has one here.
    GetResourcePolicy: input => {
      const { arn, name } = findSecret(store, input.SecretId);
      return { ARN: arn, Name: name };
    },
    GetRandomPassword: input => ({
      RandomPassword: createRandomPassword(input),
    }),
  };
};

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  ...(secret.description ? { Description: secret.description } : {}),
  CreatedDate: secret.createdDate,
  LastChangedDate: secret.changedDate ?? secret.createdDate,
  Tags: secret.tags ?? [],
  ...describeRotation(secret),
  ...(secret.deletedDate === undefined
    ? {}
    : { DeletedDate: secret.deletedDate }),
});

/** AWS leaves out all of it until rotation is set up, and both dates while it is off. */
const describeRotation = ({ rotation }: Secret) => {
  if (!rotation) return {};
  const window = findWindow(rotation);
  return {
    RotationEnabled: rotation.enabled,
    RotationLambdaARN: rotation.lambdaArn,
    ...(rotation.rules ? { RotationRules: rotation.rules } : {}),
    ...(rotation.enabled && rotation.lastRotatedDate !== undefined
      ? { LastRotatedDate: rotation.lastRotatedDate }
      : {}),
    ...(window ? { NextRotationDate: window.closes } : {}),
  };
};
