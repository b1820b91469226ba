import { describeProvision } from './testing/provision/describeProvision';

describe('provision on PostgreSQL 18', () => {
  describeProvision(18);
});
