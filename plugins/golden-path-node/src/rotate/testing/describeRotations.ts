import type { PostgresVersion } from '@goldenpath/local-postgres';
import { provideInstance } from '../../provision/testing/instance';
import { provideWorlds } from './rotationOn';
import { testCloneFindings } from './testCloneFindings';
import { testHostileOwners } from './testHostileOwners';
import { testSecondLogin } from './testSecondLogin';
import { testRotations } from './testRotations';

/** All that must hold of rotations on one version of PostgreSQL, as far as this run tests it. */
export const describeRotations = (version: PostgresVersion) => {
  const instance = provideInstance({ version });
  const worldOf = provideWorlds(instance);
  testRotations(version, instance, worldOf);
  testSecondLogin(version, instance, worldOf);
  testCloneFindings(version, instance, worldOf);
  testHostileOwners(version, instance, worldOf);
};
