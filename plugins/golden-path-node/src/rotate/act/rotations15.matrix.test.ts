import { describeRotations } from '../testing/describeRotations';

describe('rotations on PostgreSQL 15', () => {
  describeRotations(15);
});
