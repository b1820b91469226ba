import { NEWEST_VERSION, VERSIONS } from '../../../../../tests/support/matrix';
import { describeRetire } from '../testing/describeRetire';

describe.each(VERSIONS.filter(version => version !== NEWEST_VERSION))(
  'retire on PostgreSQL %i',
  version => {
    describeRetire(version);
  },
);
