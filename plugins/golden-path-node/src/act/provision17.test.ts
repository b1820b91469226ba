import { describeProvision } from './testing/provision/describeProvision';

describe('provision on PostgreSQL 17', () => {
  describeProvision(17);
});
