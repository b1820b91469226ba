import { VERSIONS } from '../../../../../tests/support/matrix';
import { testServerFaults } from '../testing/testServerFaults';

describe.each(VERSIONS)('a run on PostgreSQL %s', version => {
  testServerFaults(version);
});
