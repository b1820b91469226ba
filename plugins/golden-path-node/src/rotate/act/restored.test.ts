import { provideInstance } from '../../provision/testing/instance';
import { testRestored } from '../testing/testRestored';

describe('restored secrets and waits on PostgreSQL 18', () => {
  testRestored(provideInstance({ version: 18 }));
});
