import { createAuditTrail } from '../../provision/act/auditTrail';
import type { RotationDeps, RotationStep } from '../ports';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/** The audit of one rotation. */
export const createRotationTrail = (
  { audit, report, now, options }: RotationDeps,
  { environment }: Pick<Rotation, 'environment'>,
) => createAuditTrail({ environment, options }, { audit, report, now });

/** Records how a rotation ended. */
export const recordRotation = (
  deps: RotationDeps,
  rotation: Rotation,
  begunAt: Date,
) => {
  const trail = createRotationTrail(deps, rotation);
  const { databaseName: database, secret, current } = rotation;
  const durationMs = () => deps.now().getTime() - begunAt.getTime();
  return {
    /** Records the end, also of one that was killed before it could be recorded. */
    end: async ({ outcome, login }: StepDone, token: string) => {
      const message = `${login} is current: version ${token} of ${secret.name}`;
      if (outcome === 'done already' && (await isRecorded(deps, message)))
        return;
      await trail.changes([
        {
          database,
          username: login,
          action: 'rotate_password',
          status: outcome === 'done' ? 'success' : 'no_change',
          durationMs: durationMs(),
          message,
        },
      ]);
    },
    failure: (step: RotationStep, { name }: Error, reason: string) =>
      trail.changes([
        {
          database,
          username: current.login,
          action: name === 'InputError' ? 'refuse' : 'rotate_password',
          status: 'failed',
          durationMs: durationMs(),
          message: `${step}: ${reason}`,
        },
      ]),
  };
};

const isRecorded = async (
  { audit }: Pick<RotationDeps, 'audit'>,
  message: string,
): Promise<boolean> =>
  (await audit.read()).some(
    row => row.action === 'rotate_password' && row.message === message,
  );
