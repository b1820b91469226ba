import { describeProvision } from '../testing/describeProvision';

describe('provision on PostgreSQL 17', () => {
  describeProvision(17);
});
