import { InputError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import { findStaleness, judgeStep } from '../decide/secretState';
import type { RotationDeps, RotationStep } from '../ports';
import { createPending } from './createPending';
import { abandonPending, dropPending } from './dropPending';
import { finishRotation } from './finishRotation';
import { openRotation, Rotation } from './openRotation';
import { recordRotation } from './recordRotation';
import { setPassword } from './setPassword';
import { testLogin } from './testLogin';

/** @public */
export interface RotateStepInput {
  /** Name or ARN. */
  secretId: string;
  /** Version id of the pending version: `ClientRequestToken` of AWS's event. */
  token: string;
  step: RotationStep;
  /** Begin although pods may still use the password before. */
  isForced?: boolean;
}

/**
 * What a step of a rotation did. `login`: whose password it is about.
 *
 * @public
 */
export interface StepDone {
  outcome: 'done' | 'done already';
  login: string;
}

/** The work of each step, on a pending version that allows it. */
const STEPS: Record<
  RotationStep,
  (
    deps: RotationDeps,
    rotation: Rotation,
    token: string,
    isForced: boolean,
  ) => Promise<StepDone>
> = {
  createSecret: createPending,
  setSecret: setPassword,
  testSecret: testLogin,
  finishSecret: finishRotation,
};

/**
 * Runs one of AWS's four steps of a rotation with alternating users. Each may be called again, whatever became of the call
 * before.
 * @throws InputError when the secret, the roles or the entry don't allow it; nothing is changed
 * @throws ConflictError when the server rejects the password, or the login with it
 * @throws ServiceUnavailableError when Secrets Manager or the instance is unreachable, or the lock stays taken
 *
 * @public
 */
export const rotateStep = async (
  deps: RotationDeps,
  { secretId, token, step, isForced = false }: RotateStepInput,
): Promise<StepDone> => {
  const begunAt = deps.now();
  const rotation = await openRotation(deps, { secretId, token });
  const { secret, databaseName: database, current } = rotation;
  const record = recordRotation(deps, rotation, begunAt);
  try {
    if (step === 'createSecret') {
      const reason = findStaleness(secret, current, token, rotation.pending);
      if (reason !== undefined)
        await abandonPending(deps, secret, token, reason);
    }
    const state = judgeStep(step, token, secret, rotation.pending);
    if (state.is === 'refused') throw new InputError(state.reason);
    const done =
      token === current.versionId
        ? { outcome: 'done already' as const, login: current.login }
        : await STEPS[step](deps, rotation, token, isForced);
    deps.report({ type: 'step', database, step, ...done });
    if (step === 'finishSecret') {
      await record.end(done, token);
      // Last: the label on the current version says that a row may be missing.
      await dropPending(deps, secret, token);
    }
    return done;
  } catch (error) {
    // A failing audit write must not hide the step's own error.
    await record
      .failure(step, error as Error, describeReason(error as Error))
      .catch(() => undefined);
    throw error;
  }
};
