import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { CONFIG } from '../testing/infraRepo';
import { isRelevantPush } from './isRelevantPush';

const push = (over: object = {}) => ({
  ref: 'refs/heads/main',
  repository: { html_url: 'https://github.com/Acme/platform-infra' },
  commits: [{ added: [], modified: [CATALOG_PATH], removed: [] }],
  ...over,
});

describe('isRelevantPush', () => {
  it.each([
    { payload: push(), is: true, reason: 'the catalog changed' },
    {
      payload: push({ commits: [{ removed: ['goldenpath.yaml'] }] }),
      is: true,
      reason: 'the settings went',
    },
    {
      payload: push({
        commits: [{ modified: ['governance/dev/rds_provision_audit.csv'] }],
      }),
      is: true,
      reason: 'the audit has a new run',
    },
    {
      payload: push({ commits: [{ modified: ['README.md'] }] }),
      is: false,
      reason: 'something else changed',
    },
    {
      payload: push({ commits: Array(2048).fill({ modified: ['README.md'] }) }),
      is: true,
      reason: 'GitHub lists no further commits',
    },
    {
      payload: push({ ref: 'refs/heads/other' }),
      is: false,
      reason: 'another branch',
    },
    {
      payload: push({ repository: { html_url: 'https://github.com/x/y' } }),
      is: false,
      reason: 'another repository',
    },
    { payload: undefined, is: false, reason: 'no payload' },
    { payload: { repository: 7 }, is: false, reason: 'no push event at all' },
  ])('$is: $reason', ({ payload, is }) => {
    expect(isRelevantPush(payload, CONFIG.infraRepo, CATALOG_PATH)).toBe(is);
  });
});
