import type { ChangeRecord } from '../../provision/decide/events';
import type { ProvisionEvent } from '../../provision/decide/events';
import type { RotationStep } from '../ports';

/**
 * What a rotation reports. Holds no password.
 *
 * @public
 */
export type RotationEvent =
  | {
      type: 'step';
      database: string;
      step: RotationStep;
      /** `done already`: an earlier call did it. */
      outcome: 'done' | 'done already';
      /** The login whose password is changed. */
      login: string;
    }
  | ({ type: 'change' } & ChangeRecord)
  | Extract<ProvisionEvent, { type: 'waiting' }>
  | { type: 'rotation'; result: RotationResult }
  | {
      type: 'summary';
      environment: string;
      outcome: 'done' | 'failed';
      rotations: RotationResult[];
    };

/**
 * How the rotation of one database ended. `planned`: a dry run would rotate it. `unchanged`: it is not due.
 * `skipped`: it was not begun, as the one before could not be reached.
 *
 * @public
 */
export interface RotationResult {
  database: string;
  outcome:
    | 'rotated'
    | 'planned'
    | 'unchanged'
    | 'refused'
    | 'failed'
    | 'skipped';
  /** The login that is current now, or in a dry run would be. */
  login?: string;
  /** ISO 8601. */
  nextDue?: string;
  /** Why, in words. */
  reason: string;
}
