import { InputError } from '@backstage/errors';
import { composePending } from '../decide/composePending';
import { judgeStep } from '../decide/secretState';
import type { RotationDeps } from '../ports';
import { examineEntry } from './examineEntry';
import { connectAsMaster, observeServer } from './observeEntry';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/**
 * createSecret: writes a new value for the login that isn't current. Looks at PostgreSQL first, so that a rotation that can't
 * end leaves nothing pending.
 */
export const createPending = async (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
): Promise<StepDone> => {
  const { name } = rotation.secret;
  const session = await connectAsMaster(deps, rotation, 'read-only');
  const { desired, password } = await observeServer(session)
    .then(server => examineEntry(session, server, rotation, token))
    .finally(() => session.close());
  const { login } = desired;
  if (password !== undefined) return { outcome: 'done already', login };
  const text = composePending(rotation.current.text, {
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
