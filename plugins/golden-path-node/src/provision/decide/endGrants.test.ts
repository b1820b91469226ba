import fc from 'fast-check';
import { applyEnd, databaseGrants } from '../testing/modelOfGrants';
import { Ending, planEnds } from './endGrants';

const ENDING: Ending = {
  owner: 'users',
  now: [],
  isForeign: ({ grantee }) => grantee !== 'users' && grantee !== 'master',
  mayLose: role => role !== 'users' && role !== 'master',
  leaving: new Set(),
};

describe('planEnds', () => {
  it('law: its statements, in order, leave no foreign grant', () => {
    fc.assert(
      fc.property(databaseGrants('users', 'master'), grants => {
        const left = planEnds(grants, ENDING).ends.reduce(
          (now, end) => applyEnd(now, 'users', end),
          grants,
        );
        expect(left.filter(ENDING.isForeign)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});
