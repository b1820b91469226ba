import { VERSIONS } from '../../../../../tests/support/matrix';
import { provideInstance } from '../testing/instance';
import { testRandomState } from '../testing/testRandomState';

describe.each(VERSIONS)('any state of PostgreSQL %s', version => {
  testRandomState(version, provideInstance({ version }));
});
