import type { PostgresVersion } from '@goldenpath/local-postgres';

/**
 * Tests of the provisioner can run on every version of PostgreSQL, with both kinds of master. This file decides where each
 * runs: `make test` runs it once, and again only if version or master make a difference; `make test-matrix` runs all
 * combinations.
 */
export interface Place {
  version: PostgresVersion;
  runAs: 'master' | 'superuser';
}

/**
 * `once`: on the newest version with a master like RDS's. `repetition`: another round of a test that runs everywhere, in
 * the matrix and on the newest version. The others name what makes a difference to the test.
 */
export type Difference =
  | 'once'
  | 'perVersion'
  | 'perMaster'
  | 'perBoth'
  | 'onlyInMatrix'
  | 'repetition';

/** The versions that `make test` and `make test-matrix` cover, and the newest. */
export const VERSIONS = [15, 16, 17, 18] as const;
export const NEWEST_VERSION: PostgresVersion = 18;

/** `usual` is `make test`; `full` is all combinations; `rest` is `full` without `usual`, for a run that does both. */
type Part = 'usual' | 'full' | 'rest';

const partOfThisRun = (): Part => {
  const part = process.env.GOLDENPATH_TEST_MATRIX ?? 'usual';
  if (part === 'usual' || part === 'full' || part === 'rest') return part;
  throw new Error(
    `GOLDENPATH_TEST_MATRIX must be usual, full or rest. Got "${part}".`,
  );
};

const isUsual = (
  difference: Difference,
  { version, runAs }: Place,
): boolean => {
  const byVersion = ['perVersion', 'perBoth'].includes(difference);
  const byMaster = ['perMaster', 'perBoth'].includes(difference);
  return (
    !['onlyInMatrix', 'repetition'].includes(difference) &&
    (version === NEWEST_VERSION || (byVersion && runAs === 'master')) &&
    (runAs === 'master' || byMaster)
  );
};

/** Whether a test with this difference runs at this place in this part of the matrix. */
export const runsIn = (
  part: Part,
  difference: Difference,
  place: Place,
): boolean => {
  if (difference === 'repetition' && place.version !== NEWEST_VERSION)
    return false;
  return part === 'full' || (part === 'usual') === isUsual(difference, place);
};

/** The part of Jest's `it` that tests use here. */
export interface Declare extends Pick<jest.It, 'each' | 'skip'> {
  (name: string, test: () => Promise<void>): void;
}

const leaveOut: Declare = Object.assign(() => {}, {
  each: () => () => {},
  skip: Object.assign(() => {}, it.skip),
});

/** Declares tests at a place: `itRuns.perVersion('refuses …', async () => …)`. */
export const itRunsAt = (place: Place): Record<Difference, Declare> => {
  const part = partOfThisRun();
  const declare = (difference: Difference) =>
    runsIn(part, difference, place) ? it : leaveOut;
  return {
    once: declare('once'),
    perVersion: declare('perVersion'),
    perMaster: declare('perMaster'),
    perBoth: declare('perBoth'),
    onlyInMatrix: declare('onlyInMatrix'),
    repetition: declare('repetition'),
  };
};
