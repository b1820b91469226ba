import { provideInstance } from '../../provision/testing/instance';
import { testSecondLogin } from '../testing/testSecondLogin';
import { testRotations } from '../testing/testRotations';

describe('rotations on PostgreSQL 18', () => {
  const instance = provideInstance({ version: 18 });
  testRotations(18, instance);
  testSecondLogin(18, instance);
});
