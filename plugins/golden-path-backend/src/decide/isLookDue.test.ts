import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { isLookDue } from './isLookDue';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-26T12:00:00Z');
const pull = {
  number: 7,
  url: 'https://github.com/acme/platform-infra/pull/7',
  branch: 'database/dev/users_db',
  state: 'open' as const,
  isDraft: false,
  createdAt: '2026-11-26T10:05:00Z',
  updatedAt: '2026-11-26T10:05:00Z',
  mergedAt: undefined,
  closedAt: undefined,
  mergeCommit: undefined,
  headCommit: 'c1',
};

describe('a look at a request that waits for its review', () => {
  it.each([
    ['nobody has looked', undefined, true],
    ['the last look is 9 minutes old', -9 * MINUTE, false],
    ['the last look is 10 minutes old', -10 * MINUTE, true],
    ["the last look's clock is a little ahead", 10_000, false],
    ["the last look's clock is far ahead", 60 * MINUTE, true],
  ])('%s', (_reason, ago, isDue) => {
    expect(
      isLookDue({
        evidence: {
          pullRequest: {
            readAt: NOW,
            value: { ...pull, reviews: [], hasConflict: false },
          },
        },
        status: EXAMPLE_STATUS,
        lookedAt: ago === undefined ? undefined : NOW + ago,
        listed: pull,
        baseChanged: false,
        now: NOW,
      }),
    ).toBe(isDue);
  });
});
