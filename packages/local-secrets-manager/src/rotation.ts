import { randomUUID } from 'node:crypto';
import type * as aws from '@aws-sdk/client-secrets-manager';
import {
  findLiveSecret,
  Operation,
  Secret,
  ServiceError,
  Store,
} from './model';
import { checkRules, findWindow } from './schedule';
import {
  checkToken,
  CURRENT,
  moveStage,
  PENDING,
  putVersion,
  versionWithId,
  versionWithStage,
} from './versions';

/** The event that Secrets Manager sends to a rotation function, once for each step. */
export interface RotationEvent {
  /** The secret's ARN. */
  SecretId: string;
  ClientRequestToken: string;
  Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
}

export type RotationFunction = (event: RotationEvent) => Promise<unknown>;

/** What became of a rotation. On AWS this is in CloudTrail. */
export interface RotationReport {
  secret: string;
  versionId: string;
  /** Undefined: it succeeded. */
  failure?: { step: RotationEvent['Step']; error: unknown };
}

export interface RotationOperations {
  RotateSecret: Operation<aws.RotateSecretRequest, aws.RotateSecretResponse>;
  CancelRotateSecret: Operation<
    aws.CancelRotateSecretRequest,
    aws.CancelRotateSecretResponse
  >;
}

const STEPS = [
  'createSecret',
  'setSecret',
  'testSecret',
  'finishSecret',
] as const;

/** Rotation by functions, as Secrets Manager has it: asynchronous, one at a time for a secret, begun again after a failure. */
export const createRotation = (
  store: Store & { save: () => void },
  {
    functions,
    report,
  }: {
    /** By the ARN of the Lambda function. */
    functions: Record<string, RotationFunction>;
    report: (report: RotationReport) => void;
  },
) => {
  const running = new Map<string, Promise<void>>();

  const callSteps = async (secret: Secret, token: string) => {
    const { lambdaArn = '' } = secret.rotation ?? {};
    let step: RotationEvent['Step'] = STEPS[0];
    try {
      for (step of STEPS) {
        await functions[lambdaArn]({
          SecretId: secret.arn,
          ClientRequestToken: token,
          Step: step,
        });
        if (versionWithId(secret, token)?.secretString === undefined)
          throw new Error(
            `Pending secret version ${token} for Secret ${secret.arn} was not created by Lambda ${lambdaArn}. Remove the AWSPENDING staging label and restart rotation.`,
          );
      }
      if (versionWithStage(secret, CURRENT)?.versionId !== token)
        throw new Error(
          `finishSecret has not moved ${CURRENT} to version ${token}.`,
        );
      if (secret.rotation) secret.rotation.lastRotatedDate = store.now();
      secret.changedDate = store.now();
      report({ secret: secret.name, versionId: token });
    } catch (error) {
      report({
        secret: secret.name,
        versionId: token,
        failure: { step, error },
      });
    }
  };

  /** Checks the function with a copy of the current value, whose version is removed after. */
  const callTest = async (secret: Secret, token: string) => {
    const current = versionWithStage(secret, CURRENT);
    try {
      putVersion(secret, {
        versionId: token,
        value: current?.secretString ?? '',
        stages: [PENDING],
        now: store.now(),
      });
      await functions[secret.rotation?.lambdaArn ?? '']({
        SecretId: secret.arn,
        ClientRequestToken: token,
        Step: 'testSecret',
      });
    } catch (error) {
      report({
        secret: secret.name,
        versionId: token,
        failure: { step: 'testSecret', error },
      });
    } finally {
      secret.versions = secret.versions.filter(
        ({ versionId }) => versionId !== token,
      );
    }
  };

  const start = (
    secret: Secret,
    token: string,
    call: (secret: Secret, token: string) => Promise<void>,
  ) => {
    if (running.has(secret.name)) return;
    // The answer goes out first: rotation is asynchronous.
    const run = new Promise(setImmediate)
      .then(() => call(secret, token))
      .finally(() => {
        running.delete(secret.name);
        store.save();
      });
    running.set(secret.name, run);
  };

  /** Creates the pending version, still without a value, and calls the function. */
  const begin = (secret: Secret, token: string) => {
    if (!versionWithId(secret, token))
      secret.versions.push({
        versionId: token,
        stages: [],
        createdDate: store.now(),
      });
    moveStage(secret, PENDING, versionWithId(secret, token)!);
    start(secret, token, callSteps);
  };

  const operations: RotationOperations = {
    RotateSecret: input => {
      const secret = findLiveSecret(store, input.SecretId);
      const { ClientRequestToken: token = randomUUID() } = input;
      checkToken(token);
      const answer = { ARN: secret.arn, Name: secret.name, VersionId: token };
      checkRules(input.RotationRules ?? {});
      const lambdaArn = findFunction(
        functions,
        input.RotationLambdaARN ?? secret.rotation?.lambdaArn,
      );
      const pending = findPending(secret);
      // A repeated request begins nothing new.
      if (versionWithId(secret, token)) return answer;
      if (pending || running.has(secret.name)) {
        if (pending && secret.rotation)
          start(secret, pending.versionId, callSteps);
        throw new ServiceError(
          'InvalidRequestException',
          "A previous rotation isn't complete. That rotation will be reattempted.",
        );
      }
      secret.rotation = {
        ...secret.rotation,
        enabled: true,
        lambdaArn,
        rules: input.RotationRules ?? secret.rotation?.rules,
        since: store.now(),
      };
      secret.changedDate = store.now();
      if (input.RotateImmediately ?? true) begin(secret, token);
      else start(secret, token, callTest);
      return answer;
    },
    CancelRotateSecret: input => {
      const secret = findLiveSecret(store, input.SecretId);
      if (!secret.rotation)
        throw new ServiceError('InvalidRequestException', NO_FUNCTION);
      const pending = findPending(secret);
      secret.rotation.enabled = false;
      secret.changedDate = store.now();
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(pending ? { VersionId: pending.versionId } : {}),
      };
    },
  };

  return {
    operations,
    /** Begins the rotations whose window is open and those that failed before. Waits until all have ended. */
    rotateDue: async () => {
      for (const secret of store.secrets.values()) {
        if (!secret.rotation?.enabled || secret.deletedDate !== undefined)
          continue;
        if (running.has(secret.name)) continue;
        const pending = findPending(secret);
        const opens = findWindow(secret.rotation)?.opens ?? Infinity;
        if (pending || opens <= store.now())
          begin(secret, pending?.versionId ?? randomUUID());
      }
      await Promise.all(running.values());
    },
    /** Waits for the rotations that are running. */
    settle: async () => {
      await Promise.all(running.values());
    },
  };
};

const NO_FUNCTION =
  'No Lambda rotation function ARN is associated with this secret.';

/** The function's ARN, if it may be called. */
const findFunction = (
  functions: Record<string, RotationFunction>,
  lambdaArn: string | undefined,
): string => {
  if (lambdaArn === undefined)
    throw new ServiceError('InvalidRequestException', NO_FUNCTION);
  if (!Object.hasOwn(functions, lambdaArn))
    throw new ServiceError(
      'AccessDeniedException',
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    );
  return lambdaArn;
};

/** The version of a rotation that isn't finished: AWSPENDING on the current version is a finished one. */
const findPending = (secret: Secret) => {
  const pending = versionWithStage(secret, PENDING);
  return pending?.stages.includes(CURRENT) ? undefined : pending;
};
