import { VERSIONS } from '../../../../../tests/support/matrix';
import { provideInstance } from '../../provision/testing/instance';
import { testRotations } from '../testing/testRotations';

describe.each(VERSIONS)('rotations on PostgreSQL %s', version => {
  testRotations(version, provideInstance({ version }));
});
