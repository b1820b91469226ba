import { InputError } from '@backstage/errors';
import { isCloneCurrent } from '../../provision/decide/planClone';
import { parseMark } from '../../provision/decide/mark';
import { findCurrent } from '../decide/secretState';
import type { RotationDeps } from '../ports';
import { examineEntry } from './examineEntry';
import { createLockLostError, holdLock, Locked } from './holdLock';
import { connectAsMaster } from './observeEntry';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/** finishSecret: makes the pending version current, once the login has its password. */
export const finishRotation = (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
): Promise<StepDone> =>
  holdLock(deps, rotation, { step: 'finishSecret', token }, finishUnderLock);

const finishUnderLock = async (
  deps: RotationDeps,
  { rotation, token, server, lockLost }: Locked,
): Promise<StepDone> => {
  const { secret, current } = rotation;
  const session = await connectAsMaster(deps, rotation, 'read-only');
  const { desired, observed } = await examineEntry(
    session,
    server,
    rotation,
    token,
  ).finally(() => session.close());
  const role = isCloneCurrent(desired) ? observed.clone : observed.role;
  const mark = parseMark(role?.comment);
  if (mark?.versionId !== token)
    throw new InputError(
      `${desired.login} does not have the password of version ${token} of ${
        secret.name
      }${
        mark ? `, but that of ${mark.versionId}` : ''
      }. Run setSecret and testSecret first.`,
    );
  if (lockLost.aborted) throw createLockLostError();
  try {
    await deps.secrets.moveCurrent(secret.name, {
      from: current.versionId,
      to: token,
    });
  } catch (error) {
    // Its answer may be lost, or another run was first.
    const seen = await deps.secrets.describe(secret.name);
    if (findCurrent(seen) !== token) throw error;
  }
  return { outcome: 'done', login: desired.login };
};
