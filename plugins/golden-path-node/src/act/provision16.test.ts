import { describeProvision } from './testing/provision/describeProvision';

describe('provision on PostgreSQL 16', () => {
  describeProvision(16);
});
