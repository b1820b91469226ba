import { InputError } from '@backstage/errors';
import { composePending } from '../decide/composePending';
import { explainPodsWait, findInUseSince } from '../decide/schedule';
import { judgeStep } from '../decide/secretState';
import type { RotationDeps } from '../ports';
import { examineEntry } from './examineEntry';
import { connectAsMaster, observeServer } from './observeEntry';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/**
 * createSecret: writes a new value for the login that isn't current. Looks at PostgreSQL first, so that a rotation that can't
 * end leaves no value pending.
 * @throws InputError while pods may still use the password before, unless forced
 */
export const createPending = async (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
  isForced: boolean,
): Promise<StepDone> => {
  const { secret, current, pending } = rotation;
  const { name } = secret;
  // Not changedAt: RotateSecret itself may just have changed it.
  const wait = explainPodsWait(
    deps.now(),
    findInUseSince(current.createdAt, { rotatedAt: secret.rotatedAt }),
  );
  if (!pending && !isForced && wait !== undefined)
    throw new InputError(`${name}: ${wait}.`);
  const session = await connectAsMaster(deps, rotation, 'read-only');
  const { desired, password } = await observeServer(session)
    .then(server => examineEntry(session, server, rotation, token))
    .finally(() => session.close());
  const { login } = desired;
  if (password !== undefined) return { outcome: 'done already', login };
  const text = composePending(current.text, {
    login,
    password: await deps.secrets.generatePassword(),
  });
  try {
    await deps.secrets.putPending(name, token, text);
    return { outcome: 'done', login };
  } catch (error) {
    // Its answer may be lost, or another run was first.
    const state = judgeStep(
      'createSecret',
      token,
      await deps.secrets.describe(name),
      await deps.secrets.readVersion(name, token),
    );
    if (state.is === 'refused') throw new InputError(state.reason);
    if (state.is === 'to do') throw error;
    return { outcome: 'done already', login };
  }
};
