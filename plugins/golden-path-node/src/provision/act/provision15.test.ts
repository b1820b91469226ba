import { describeProvision } from '../testing/describeProvision';

describe('provision on PostgreSQL 15', () => {
  describeProvision(15);
});
