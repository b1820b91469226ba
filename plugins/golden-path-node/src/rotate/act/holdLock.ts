import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { DEFAULT_LOCK_TIMEOUT_MINUTES } from '@goldenpath/plugin-golden-path-common';
import { takeLock } from '../../provision/act/takeLock';
import type { ObservedServer } from '../../provision/decide/observation';
import { judgeStep } from '../decide/secretState';
import type { RotationDeps, RotationStep } from '../ports';
import { connectAsMaster, observeServer } from './observeEntry';
import { openRotation, Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/** What a step works on while it holds the lock. */
export interface Locked {
  /** Read under the lock. */
  rotation: Rotation;
  token: string;
  server: ObservedServer;
  lockLost: AbortSignal;
}

/**
 * Does the work of a step under the lock of the provisioner, so that neither changes what the other has read.
 * @throws InputError when the pending version doesn't allow the step any more
 */
export const holdLock = async (
  deps: RotationDeps,
  rotation: Rotation,
  { step, token }: { step: RotationStep; token: string },
  work: (deps: RotationDeps, locked: Locked) => Promise<StepDone>,
): Promise<StepDone> => {
  const { options, now, report } = deps;
  // The lock ends with this connection, so no other work runs on it.
  const lock = await connectAsMaster(deps, rotation, 'read-write');
  try {
    const server = await observeServer(lock);
    await takeLock(lock, {
      timeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MINUTES * 60_000,
      now,
      report: event => {
        if (event.type === 'waiting') report(event);
      },
      signal: options.signal,
    });
    // During the wait another run may have ended this rotation, or begun another.
    const latest = await openRotation(deps, {
      secretId: rotation.secret.name,
      token,
    });
    const state = judgeStep(step, token, latest.secret, latest.pending);
    if (state.is === 'refused') throw new InputError(state.reason);
    return state.is === 'done already'
      ? { outcome: 'done already', login: latest.current.login }
      : await work(deps, {
          rotation: latest,
          token,
          server,
          lockLost: lock.lost,
        });
  } finally {
    await lock.close();
  }
};

export const createLockLostError = (): Error =>
  new ServiceUnavailableError(
    'The connection that held the lock is lost, and another run may have started. Run it again.',
  );
