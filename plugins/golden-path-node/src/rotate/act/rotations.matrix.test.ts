import { VERSIONS } from '../../../../../tests/support/matrix';
import { provideInstance } from '../../provision/testing/instance';
import { provideWorlds } from '../testing/rotationOn';
import { testCloneFindings } from '../testing/testCloneFindings';
import { testHostileOwners } from '../testing/testHostileOwners';
import { testSecondLogin } from '../testing/testSecondLogin';
import { testRotations } from '../testing/testRotations';

describe.each(VERSIONS)('rotations on PostgreSQL %s', version => {
  const instance = provideInstance({ version });
  const worldOf = provideWorlds(instance);
  testRotations(version, instance, worldOf);
  testSecondLogin(version, instance, worldOf);
  testCloneFindings(version, instance, worldOf);
  testHostileOwners(version, instance, worldOf);
});
