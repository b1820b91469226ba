import { provideInstance } from '../../provision/testing/instance';
import { testRefusals } from '../testing/testRefusals';

describe('a rotation', () => {
  testRefusals(provideInstance());
});
