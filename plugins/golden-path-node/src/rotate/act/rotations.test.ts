import { provideInstance } from '../../provision/testing/instance';
import { testRotations } from '../testing/testRotations';

describe('rotations on PostgreSQL 18', () => {
  testRotations(18, provideInstance({ version: 18 }));
});
