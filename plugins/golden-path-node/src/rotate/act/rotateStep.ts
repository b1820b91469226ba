import type { RotationDeps, RotationStep } from '../ports';

/** @public */
export interface RotateStepInput {
  /** Name or ARN. */
  secretId: string;
  /** Version id of the pending version: `ClientRequestToken` of AWS's event. */
  token: string;
  step: RotationStep;
}

/**
 * Runs one of AWS's four steps of a rotation. Each may be called again, whatever became of the call before.
 * @throws InputError when the secret, the roles or the entry don't allow it; nothing is changed
 * @throws ServiceUnavailableError when Secrets Manager or the instance is unreachable, or the lock stays taken
 *
 * @public
 */
export type RotateStep = (
  deps: RotationDeps,
  input: RotateStepInput,
) => Promise<{ outcome: 'done' | 'done already' }>;
