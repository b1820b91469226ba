import { randomUUID } from 'node:crypto';
import type * as aws from '@aws-sdk/client-secrets-manager';
import {
  findLiveSecret,
  findSecret,
  Operation,
  Secret,
  ServiceError,
  Store,
  takePage,
  Wire,
} from './model';
import {
  checkStages,
  checkToken,
  CURRENT,
  dropStage,
  moveStage,
  putVersion,
  versionWithId,
  versionWithStage,
} from './versions';

/** The operations on values and their versions, as in AWS's API model. */
export interface ValueOperations {
  PutSecretValue: Operation<
    aws.PutSecretValueRequest,
    aws.PutSecretValueResponse
  >;
  GetSecretValue: Operation<
    aws.GetSecretValueRequest,
    aws.GetSecretValueResponse
  >;
  BatchGetSecretValue: Operation<
    aws.BatchGetSecretValueRequest,
    aws.BatchGetSecretValueResponse
  >;
  ListSecretVersionIds: Operation<
    aws.ListSecretVersionIdsRequest,
    aws.ListSecretVersionIdsResponse
  >;
  UpdateSecretVersionStage: Operation<
    aws.UpdateSecretVersionStageRequest,
    aws.UpdateSecretVersionStageResponse
  >;
}

/** The value of a request, which this server takes as text only. */
export const readValue = (input: { SecretString?: string }): string => {
  if (typeof input.SecretString !== 'string')
    throw new ServiceError(
      'InvalidParameterException',
      'You must provide SecretString. The local Secrets Manager keeps no SecretBinary.',
    );
  return input.SecretString;
};

export const createValueOperations = (store: Store): ValueOperations => ({
  PutSecretValue: input => {
    const secret = findLiveSecret(store, input.SecretId);
    const value = readValue(input);
    const { ClientRequestToken: versionId = randomUUID() } = input;
    checkToken(versionId);
    checkStages(input.VersionStages);
    const version = putVersion(secret, {
      versionId,
      value,
      stages: input.VersionStages,
      now: store.now(),
    });
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.versionId,
      VersionStages: version.stages,
    };
  },
  GetSecretValue: input =>
    valueOf(findLiveSecret(store, input.SecretId), input),
  BatchGetSecretValue: input => {
    const ids = input.SecretIdList ?? [];
    if (ids.length === 0 || ids.length > 20)
      throw new ServiceError(
        'InvalidParameterException',
        'SecretIdList takes 1 to 20 secrets here.',
      );
    const values: Array<ReturnType<typeof valueOf>> = [];
    const errors: Array<Wire<aws.APIErrorType>> = [];
    for (const id of ids) {
      try {
        values.push(valueOf(findLiveSecret(store, id), {}));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        errors.push({
          SecretId: id,
          ErrorCode: error.type,
          Message: error.message,
        });
      }
    }
    return { SecretValues: values, Errors: errors };
  },
  ListSecretVersionIds: input => {
    const secret = findSecret(store, input.SecretId);
    const { items, more } = takePage(
      secret.versions.filter(
        ({ stages }) => input.IncludeDeprecated || stages.length > 0,
      ),
      input,
    );
    return {
      ARN: secret.arn,
      Name: secret.name,
      Versions: items.map(({ versionId, stages, createdDate }) => ({
        VersionId: versionId,
        ...(stages.length > 0 ? { VersionStages: stages } : {}),
        CreatedDate: createdDate,
      })),
      ...more,
    };
  },
  UpdateSecretVersionStage: input => {
    const secret = findLiveSecret(store, input.SecretId);
    updateStage(secret, input);
    secret.changedDate = store.now();
    return { ARN: secret.arn, Name: secret.name };
  },
});

const valueOf = (
  secret: Secret,
  input: { VersionId?: string; VersionStage?: string },
) => {
  const { VersionId: id, VersionStage: stage = id ? undefined : CURRENT } =
    input;
  const version = secret.versions.find(
    ({ versionId, stages }) =>
      (id === undefined || versionId === id) &&
      (stage === undefined || stages.includes(stage)),
  );
  if (id && stage && !version && versionWithId(secret, id))
    throw new ServiceError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  if (version?.secretString === undefined)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${
        id ? `VersionId: ${id}` : `staging label: ${stage}`
      }`,
    );
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.secretString,
    VersionStages: version.stages,
    CreatedDate: version.createdDate,
  };
};

const updateStage = (
  secret: Secret,
  input: Wire<aws.UpdateSecretVersionStageRequest>,
) => {
  const {
    VersionStage: stage = '',
    RemoveFromVersionId: from,
    MoveToVersionId: to,
  } = input;
  checkStages([stage]);
  for (const id of [from, to])
    if (id !== undefined && !versionWithId(secret, id))
      throw new ServiceError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
      );
  const holder = versionWithStage(secret, stage);
  const target = to === undefined ? undefined : versionWithId(secret, to);
  if (!target) {
    if (stage === CURRENT)
      throw new ServiceError(
        'InvalidParameterException',
        "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
      );
    if (!holder || holder.versionId !== from)
      throw new ServiceError(
        'InvalidParameterException',
        `Staging label ${stage} is not attached to the version in RemoveFromVersionId.`,
      );
    dropStage(holder, stage);
    return;
  }
  if (holder === target) return;
  if (holder && holder.versionId !== from)
    throw new ServiceError(
      'InvalidParameterException',
      `${
        from
          ? 'The parameter RemoveFromVersionId names another version.'
          : "The parameter RemoveFromVersionId can't be empty."
      } Staging label ${stage} is currently attached to version ${
        holder.versionId
      }, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  if (stage === CURRENT && target.secretString === undefined)
    throw new ServiceError(
      'InvalidRequestException',
      `Version ${to} has no value, so it can't become ${CURRENT}.`,
    );
  moveStage(secret, stage, target);
};
