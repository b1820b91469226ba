import { describeRotations } from '../testing/describeRotations';

describe('rotations on PostgreSQL 16', () => {
  describeRotations(16);
});
