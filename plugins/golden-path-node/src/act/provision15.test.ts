import { describeProvision } from './testing/provision/describeProvision';

describe('provision on PostgreSQL 15', () => {
  describeProvision(15);
});
