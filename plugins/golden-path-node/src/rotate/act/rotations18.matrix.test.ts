import { describeRotations } from '../testing/describeRotations';

describe('rotations on PostgreSQL 18', () => {
  describeRotations(18);
});
