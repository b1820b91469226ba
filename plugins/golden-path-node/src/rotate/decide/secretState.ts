import { secretName } from '@goldenpath/plugin-golden-path-common';
import type { RotationStep, SecretDescription, SecretValue } from '../ports';

/** The staging labels of Secrets Manager. */
const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';

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

/** A rotation under way: a version that is pending, and not current as well, as after a rotation that ended. */
export const findPending = (
  secret: Pick<SecretDescription, 'stages'>,
): string | undefined => {
  const pending = findVersion(secret, PENDING);
  return pending === findCurrent(secret) ? undefined : pending;
};

/** Whether a rotation made this version: Secrets Manager leaves it both labels. */
export const isOfRotation = (
  { stages }: Pick<SecretDescription, 'stages'>,
  versionId: string,
): boolean =>
  [CURRENT, PENDING].every(stage => stages.get(versionId)?.includes(stage));

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
  const { name, stages, isDeleted } = secret;
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
  const isPending = stages.get(token)?.includes(PENDING) ?? false;
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
