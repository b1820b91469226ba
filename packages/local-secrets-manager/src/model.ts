import type * as aws from '@aws-sdk/client-secrets-manager';

/** One version of a secret's value. */
export interface SecretVersion {
  versionId: string;
  /** Undefined between the start of a rotation and its createSecret. */
  secretString?: string;
  stages: string[];
  /** Seconds since 1970, like all times of the API. */
  createdDate: number;
}

export interface Rotation {
  enabled: boolean;
  lambdaArn: string;
  rules?: Wire<aws.RotationRulesType>;
  /** When the schedule was set: the first rotation is counted from here. */
  since: number;
  lastRotatedDate?: number;
}

export interface Secret {
  name: string;
  arn: string;
  description?: string;
  createdDate: number;
  changedDate?: number;
  tags?: Array<{ Key?: string; Value?: string }>;
  /** Set while the secret is marked for deletion and can't be read. */
  deletedDate?: number;
  rotation?: Rotation;
  /** From old to new. */
  versions: SecretVersion[];
}

/** The errors that this server returns: those of AWS's API model, and AccessDeniedException, which every AWS API has. */
type ErrorName =
  | (
      | aws.InvalidNextTokenException
      | aws.InvalidParameterException
      | aws.InvalidRequestException
      | aws.ResourceExistsException
      | aws.ResourceNotFoundException
    )['name']
  | 'AccessDeniedException';

/** An error response, with its name in AWS's API model. */
export class ServiceError extends Error {
  constructor(readonly type: ErrorName, message: string) {
    super(message);
  }
}

/** A message of AWS's API model as JSON: times are seconds since 1970. */
export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
  ? string
  : T extends Array<infer Item>
  ? Array<Wire<Item>>
  : T extends object
  ? { [Key in keyof T]: Wire<T[Key]> }
  : T;

export type Operation<Input, Output> = (
  input: Wire<Input>,
) => Wire<Omit<Output, '$metadata'>>;

/** The secrets and the clock that the operations work on. */
export interface Store {
  secrets: Map<string, Secret>;
  /** Seconds since 1970. */
  now: () => number;
}

export const findSecret = (
  { secrets }: Store,
  id: string | undefined,
): Secret => {
  const secret =
    secrets.get(id ?? '') ??
    [...secrets.values()].find(({ arn }) => arn === id);
  if (!secret)
    throw new ServiceError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  return secret;
};

/** A secret that isn't marked for deletion. */
export const findLiveSecret = (store: Store, id: string | undefined) => {
  const secret = findSecret(store, id);
  if (secret.deletedDate !== undefined)
    throw new ServiceError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  return secret;
};

/** One page of a list, whose token is the index of the next. */
export const takePage = <T>(
  all: T[],
  input: { MaxResults?: number; NextToken?: string },
): { items: T[]; more: { NextToken?: string } } => {
  const most = input.MaxResults ?? 100;
  if (!Number.isInteger(most) || most < 1 || most > 100)
    throw new ServiceError(
      'InvalidParameterException',
      'MaxResults must be within 1-100.',
    );
  const token = input.NextToken ?? '0';
  const from = Number(token);
  if (!/^\d{1,9}$/.test(token) || from > all.length)
    throw new ServiceError(
      'InvalidNextTokenException',
      'The NextToken value is invalid.',
    );
  return {
    items: all.slice(from, from + most),
    more: from + most < all.length ? { NextToken: String(from + most) } : {},
  };
};
