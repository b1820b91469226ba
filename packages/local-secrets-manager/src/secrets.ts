import { randomUUID } from 'node:crypto';
import type * as aws from '@aws-sdk/client-secrets-manager';

/** One version of a secret's value. */
export interface SecretVersion {
  versionId: string;
  secretString: string;
  stages: string[];
  /** Seconds since 1970, like all times of the API. */
  createdDate: number;
}

export interface Secret {
  name: string;
  arn: string;
  createdDate: number;
  tags?: Array<{ Key?: string; Value?: string }>;
  /** Set while the secret is marked for deletion and can't be read. */
  deletedDate?: number;
  /** From old to new. */
  versions: SecretVersion[];
}

/** The errors of AWS's API model that this server returns. */
type ErrorName = (
  | aws.InvalidParameterException
  | aws.InvalidRequestException
  | aws.ResourceExistsException
  | aws.ResourceNotFoundException
)['name'];

/** A message of AWS's API model as JSON: times are seconds since 1970. */
type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
  ? string
  : T extends Array<infer Item>
  ? Array<Wire<Item>>
  : T extends object
  ? { [Key in keyof T]: Wire<T[Key]> }
  : T;
type Operation<Input, Output> = (
  input: Wire<Input>,
) => Wire<Omit<Output, '$metadata'>>;

/** The supported operations, as in AWS's API model. */
export interface SecretOperations {
  CreateSecret: Operation<aws.CreateSecretRequest, aws.CreateSecretResponse>;
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
  DescribeSecret: Operation<
    aws.DescribeSecretRequest,
    aws.DescribeSecretResponse
  >;
  ListSecrets: Operation<aws.ListSecretsRequest, aws.ListSecretsResponse>;
  DeleteSecret: Operation<aws.DeleteSecretRequest, aws.DeleteSecretResponse>;
  RestoreSecret: Operation<aws.RestoreSecretRequest, aws.RestoreSecretResponse>;
}

/** An error response, with its name in AWS's API model. */
export class ServiceError extends Error {
  constructor(readonly type: ErrorName, message: string) {
    super(message);
  }
}

const NOT_FOUND = "Secrets Manager can't find the specified secret.";
const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** The operations on a map of secrets by name. Errors are those of AWS's API model. */
export const createSecretOperations = (
  secrets: Map<string, Secret>,
  now: () => number,
): SecretOperations => {
  const find = (id: string | undefined): Secret => {
    const secret =
      secrets.get(id ?? '') ??
      [...secrets.values()].find(({ arn }) => arn === id);
    if (!secret) throw new ServiceError('ResourceNotFoundException', NOT_FOUND);
    return secret;
  };
  const readable = (id: string | undefined): Secret => {
    const secret = find(id);
    if (secret.deletedDate !== undefined) {
      throw new ServiceError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  };
  const addVersion = (
    secret: Secret,
    input: { SecretString?: string; ClientRequestToken?: string },
  ): SecretVersion => {
    if (typeof input.SecretString !== 'string')
      throw new ServiceError(
        'InvalidParameterException',
        'SecretString is needed here.',
      );
    const { ClientRequestToken: versionId = randomUUID() } = input;
    const same = secret.versions.find(one => one.versionId === versionId);
    if (same?.secretString === input.SecretString) return same;
    if (same)
      throw new ServiceError(
        'ResourceExistsException',
        `A resource with the ID you requested already exists: version ${versionId} has another value.`,
      );
    for (const version of secret.versions) {
      const isCurrent = version.stages.includes(CURRENT);
      version.stages = version.stages.filter(
        stage => stage !== CURRENT && stage !== PREVIOUS,
      );
      if (isCurrent) version.stages.push(PREVIOUS);
    }
    const version: SecretVersion = {
      versionId,
      secretString: input.SecretString,
      stages: [CURRENT],
      createdDate: now(),
    };
    secret.versions.push(version);
    return version;
  };
  const valueOf = (
    secret: Secret,
    input: { VersionId?: string; VersionStage?: string },
  ) => {
    const stage = input.VersionStage ?? CURRENT;
    const version = secret.versions.find(({ versionId, stages }) =>
      input.VersionId ? versionId === input.VersionId : stages.includes(stage),
    );
    if (!version) {
      throw new ServiceError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.versionId,
      SecretString: version.secretString,
      VersionStages: version.stages,
      CreatedDate: version.createdDate,
    };
  };
  const describe = (secret: Secret) => ({
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.createdDate,
    Tags: secret.tags ?? [],
    ...(secret.deletedDate === undefined
      ? {}
      : { DeletedDate: secret.deletedDate }),
  });

  return {
    CreateSecret: input => {
      const name = input.Name ?? '';
      if (!/^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name)) {
        throw new ServiceError(
          'InvalidParameterException',
          `Invalid name: ${JSON.stringify(name)}.`,
        );
      }
      if (secrets.has(name)) {
        throw new ServiceError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const secret: Secret = {
        name,
        arn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-${randomUUID().slice(
          0,
          6,
        )}`,
        createdDate: now(),
        tags: input.Tags ?? [],
        versions: [],
      };
      const version = addVersion(secret, input);
      secrets.set(name, secret);
      return { ARN: secret.arn, Name: name, VersionId: version.versionId };
    },
    PutSecretValue: input => {
      const secret = readable(input.SecretId);
      const version = addVersion(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.versionId,
        VersionStages: version.stages,
      };
    },
    GetSecretValue: input => valueOf(readable(input.SecretId), input),
    BatchGetSecretValue: input => {
      const ids = input.SecretIdList ?? [];
      if (ids.length === 0 || ids.length > 20) {
        throw new ServiceError(
          'InvalidParameterException',
          'SecretIdList takes 1 to 20 secrets here.',
        );
      }
      const values: Array<ReturnType<typeof valueOf>> = [];
      const errors: Array<Wire<aws.APIErrorType>> = [];
      for (const id of ids) {
        try {
          values.push(valueOf(readable(id), {}));
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
    DescribeSecret: input => {
      const secret = find(input.SecretId);
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
      const most = input.MaxResults ?? 100;
      const from = Number(input.NextToken ?? 0);
      const all = [...secrets.values()].filter(
        secret =>
          input.IncludePlannedDeletion || secret.deletedDate === undefined,
      );
      return {
        SecretList: all.slice(from, from + most).map(describe),
        ...(from + most < all.length ? { NextToken: String(from + most) } : {}),
      };
    },
    DeleteSecret: input => {
      const secret = find(input.SecretId);
      if (input.ForceDeleteWithoutRecovery) secrets.delete(secret.name);
      else secret.deletedDate = now();
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now() };
    },
    RestoreSecret: input => {
      const secret = find(input.SecretId);
      delete secret.deletedDate;
      return { ARN: secret.arn, Name: secret.name };
    },
  };
};
