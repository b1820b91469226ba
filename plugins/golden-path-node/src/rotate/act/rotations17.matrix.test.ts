import { describeRotations } from '../testing/describeRotations';

describe('rotations on PostgreSQL 17', () => {
  describeRotations(17);
});
