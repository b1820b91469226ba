import { describeProvision } from '../testing/describeProvision';

describe('provision on PostgreSQL 16', () => {
  describeProvision(16);
});
