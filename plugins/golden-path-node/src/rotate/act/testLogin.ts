import type { RotationDeps } from '../ports';
import { examineEntry } from './examineEntry';
import { logIn } from './logIn';
import { connectAsMaster, observeEntry, observeServer } from './observeEntry';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/**
 * testSecret: logs in as an app does, and sees that what it would create is the owner's. Where RotateSecret is called with
 * RotateImmediately false, the pending version is a copy of the current one.
 */
export const testLogin = async (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
): Promise<StepDone> => {
  const session = await connectAsMaster(deps, rotation, 'read-only');
  const target = await observeServer(session)
    .then(async server => {
      if (rotation.pending?.text === rotation.current.text) {
        const { owner } = await observeEntry(session, server, rotation);
        return {
          ...rotation.readCredentials(rotation.current, owner),
          username: owner,
          databaseName: rotation.databaseName,
        };
      }
      const examined = await examineEntry(session, server, rotation, token);
      return { ...examined.desired, password: examined.password ?? '' };
    })
    .finally(() => session.close());
  await logIn(deps, rotation, target);
  return { outcome: 'done', login: target.login };
};
