import { provideInstance } from '../../provision/testing/instance';
import { provideWorlds } from '../testing/rotationOn';
import { testCloneFindings } from '../testing/testCloneFindings';
import { testHostileOwners } from '../testing/testHostileOwners';
import { testSecondLogin } from '../testing/testSecondLogin';
import { testRotations } from '../testing/testRotations';

describe('rotations on PostgreSQL 18', () => {
  const instance = provideInstance({ version: 18 });
  const worldOf = provideWorlds(instance);
  testRotations(18, instance, worldOf);
  testSecondLogin(18, instance, worldOf);
  testCloneFindings(18, instance, worldOf);
  testHostileOwners(18, instance, worldOf);
});
