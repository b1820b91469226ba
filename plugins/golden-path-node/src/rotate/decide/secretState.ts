import { secretName } from '@goldenpath/plugin-golden-path-common';
import type { RotationStep, SecretDescription, SecretValue } from '../ports';
import { isUsable } from './isUsable';

/** The staging labels of Secrets Manager. */
const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';
const PREVIOUS = 'AWSPREVIOUS';

/** The environment and the key in terraform.tfvars that a secret's name holds; undefined for any other secret. */
export const parseSecretName = (
  name: string,
  prefix?: string,
): { environment: string; key: string } | undefined => {
  const [environment = '', key = ''] = name.split('/').slice(-3);
  return name === secretName(environment, key, prefix)
    ? { environment, key }
    : undefined;
};

const findVersion = (
  { stages }: Pick<SecretDescription, 'stages'>,
  stage: string,
): string | undefined =>
  [...stages].find(([, labels]) => labels.includes(stage))?.[0];

export const findCurrent = (
  secret: Pick<SecretDescription, 'stages'>,
): string | undefined => findVersion(secret, CURRENT);

const hasStage = (
  { stages }: Pick<SecretDescription, 'stages'>,
  versionId: string,
  stage: string,
): boolean => stages.get(versionId)?.includes(stage) ?? false;

export const hasPendingLabel = (
  secret: Pick<SecretDescription, 'stages'>,
  versionId: string,
): boolean => hasStage(secret, versionId, PENDING);

/** Whether a version was current before: a rotation made it so, and someone turned it back. */
const wasCurrent = (
  secret: Pick<SecretDescription, 'stages'>,
  versionId: string,
): boolean => hasStage(secret, versionId, PREVIOUS);

/** A rotation under way: a version that is pending, and neither is nor was current. */
export const findPending = (
  secret: Pick<SecretDescription, 'stages'>,
): string | undefined => {
  const pending = findVersion(secret, PENDING);
  return pending === undefined ||
    pending === findCurrent(secret) ||
    wasCurrent(secret, pending)
    ? undefined
    : pending;
};

/**
 * Why a version that has the label AWSPENDING can't be rotated to; undefined if it can. While it has the label, Secrets
 * Manager begins no other rotation.
 */
export const findStaleness = (
  secret: Pick<SecretDescription, 'stages' | 'isDeleted'>,
  current: Pick<SecretValue, 'versionId' | 'text'>,
  token: string,
  pending: Pick<SecretValue, 'text'> | undefined,
): string | undefined => {
  if (
    secret.isDeleted ||
    token === current.versionId ||
    !hasPendingLabel(secret, token)
  )
    return undefined;
  if (wasCurrent(secret, token)) return 'it was current before';
  return isUsable(current.text, pending?.text)
    ? undefined
    : 'the current version was replaced since';
};

/** What is left of a step: to act, nothing, or why it can't go on. */
export type StepState =
  | { is: 'to do' }
  | { is: 'done already' }
  | { is: 'refused'; reason: string };

/**
 * Judges a step by the versions of the secret alone.
 * @param pending - the value of version `token`; undefined where it has none yet
 */
export const judgeStep = (
  step: RotationStep,
  token: string,
  secret: SecretDescription,
  pending: SecretValue | undefined,
): StepState => {
  const { name, isDeleted } = secret;
  if (isDeleted)
    return {
      is: 'refused',
      reason: `${name}: the secret is marked for deletion; restore it with aws secretsmanager restore-secret --secret-id ${name}, or remove the entry.`,
    };
  const current = findCurrent(secret);
  if (current === undefined)
    return {
      is: 'refused',
      reason: `${name}: the secret has no current version; create one with terraform apply.`,
    };
  if (current === token) return { is: 'done already' };
  const isPending =
    hasPendingLabel(secret, token) && !wasCurrent(secret, token);
  if (step === 'createSecret') {
    if (!pending) return { is: 'to do' };
    return isPending
      ? { is: 'done already' }
      : {
          is: 'refused',
          reason: `${name}: version ${token} has a value and is not pending; rotate with another token.`,
        };
  }
  return isPending && pending
    ? { is: 'to do' }
    : {
        is: 'refused',
        reason: `${name}: version ${token} is not pending; start the rotation again.`,
      };
};
