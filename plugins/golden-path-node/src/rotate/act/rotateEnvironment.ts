import { Risk, secretName } from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import type { TfvarsEntry } from '../../infraRepo/decide/readTfvars';
import type { RotationResult } from '../decide/events';
import type { RotationDeps } from '../ports';
import { rotateDatabase } from './rotateDatabase';

/** @public */
export interface RotateEnvironmentInput {
  environment: string;
  /** The entries to rotate, of those that are declared. */
  entries: readonly TfvarsEntry[];
  /** By database; one that has none has the contract's default. */
  risks: ReadonlyMap<string, Risk>;
  /** Rotate although none is due. */
  isAskedFor: boolean;
  isForced?: boolean;
  isDryRun?: boolean;
}

/** @public */
export interface RotationsDone {
  outcome: 'done' | 'failed';
  rotations: RotationResult[];
}

/**
 * Rotates passwords one after another. What keeps one from being rotated doesn't keep the others; an instance or a Secrets
 * Manager that can't be reached ends the run.
 *
 * @public
 */
export const rotateEnvironment = async (
  deps: RotationDeps,
  { environment, entries, risks, ...how }: RotateEnvironmentInput,
): Promise<RotationsDone> => {
  const rotations: RotationResult[] = [];
  let unreachable: string | undefined;
  for (const { key, databaseName: database } of entries) {
    let result: RotationResult;
    try {
      result = unreachable
        ? { database, outcome: 'skipped', reason: `not begun: ${unreachable}` }
        : await rotateDatabase(deps, {
            ...how,
            database,
            secretId: secretName(environment, key, deps.options.secretPrefix),
            risk: risks.get(database),
          });
    } catch (error) {
      if (!ENDS_RUN.includes((error as Error).name)) throw error;
      unreachable = describeReason(error as Error);
      result = { database, outcome: 'failed', reason: unreachable };
    }
    rotations.push(result);
    deps.report({ type: 'rotation', result });
  }
  const outcome = rotations.every(one =>
    ['rotated', 'planned', 'unchanged'].includes(one.outcome),
  )
    ? 'done'
    : 'failed';
  deps.report({ type: 'summary', environment, outcome, rotations });
  return { outcome, rotations };
};

/** What the next database would meet, too. */
const ENDS_RUN = [
  'ServiceUnavailableError',
  'AuthenticationError',
  'NotAllowedError',
];
