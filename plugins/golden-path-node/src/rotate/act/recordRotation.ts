import { createAuditTrail } from '../../provision/act/auditTrail';
import type { RotationDeps, RotationStep } from '../ports';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

/** The audit of one rotation. */
export const createRotationTrail = (
  { audit, report, now, options }: RotationDeps,
  { environment }: Pick<Rotation, 'environment'>,
) => createAuditTrail({ environment, options }, { audit, report, now });

const describeEnd = (token: string, name: string) =>
  `is current: version ${token} of ${name}`;

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
      if (
        outcome === 'done already' &&
        (await isRecorded(deps, token, secret.name))
      )
        return;
      await trail.changes([
        {
          database,
          username: login,
          action: 'rotate_password',
          status: outcome === 'done' ? 'success' : 'no_change',
          durationMs: durationMs(),
          message: `${login} ${describeEnd(token, secret.name)}`,
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

/** Whether the audit has a row for the end of a rotation. */
const isRecorded = async (
  { audit }: Pick<RotationDeps, 'audit'>,
  token: string,
  name: string,
): Promise<boolean> =>
  (await audit.read()).some(
    row =>
      row.action === 'rotate_password' &&
      row.message.endsWith(describeEnd(token, name)),
  );
