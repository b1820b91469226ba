import { describeProvision } from '../testing/describeProvision';

describe('provision on PostgreSQL 18', () => {
  describeProvision(18);
});
