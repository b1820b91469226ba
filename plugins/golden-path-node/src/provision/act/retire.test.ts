import { NEWEST_VERSION } from '../../../../../tests/support/matrix';
import { describeRetire } from '../testing/describeRetire';

describe(`retire on PostgreSQL ${NEWEST_VERSION}`, () => {
  describeRetire(NEWEST_VERSION);
});
