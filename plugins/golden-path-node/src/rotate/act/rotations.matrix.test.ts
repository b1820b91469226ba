import { VERSIONS } from '../../../../../tests/support/matrix';
import { provideInstance } from '../../provision/testing/instance';
import { testSecondLogin } from '../testing/testSecondLogin';
import { testRotations } from '../testing/testRotations';

describe.each(VERSIONS)('rotations on PostgreSQL %s', version => {
  const instance = provideInstance({ version });
  testRotations(version, instance);
  testSecondLogin(version, instance);
});
