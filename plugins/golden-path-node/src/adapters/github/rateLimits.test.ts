import { readRateLimit, Rejection } from '../../errors/rateLimit';
import { createLimitMemory } from './rateLimits';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const SECONDARY = 'You have exceeded a secondary rate limit. Please wait.';

describe('rate limits', () => {
  const rows: Array<{
    rejection: Partial<Rejection>;
    earlier?: number;
    limit: ReturnType<typeof readRateLimit>;
    reason: string;
  }> = [
    {
      rejection: { status: 403, headers: { 'retry-after': '30' } },
      limit: { kind: 'secondary', waitMs: 30_000 },
      reason: 'retry-after is obeyed',
    },
    {
      rejection: { status: 403, message: SECONDARY },
      limit: { kind: 'secondary', waitMs: 60_000 },
      reason: 'without it a minute, as the documentation asks',
    },
    {
      rejection: { status: 403, message: SECONDARY },
      earlier: 2,
      limit: { kind: 'secondary', waitMs: 240_000 },
      reason: 'longer each time',
    },
    {
      rejection: { status: 403, message: SECONDARY },
      earlier: 50,
      limit: { kind: 'secondary', waitMs: 32 * 60_000 },
      reason: 'but not for ever',
    },
    {
      rejection: {
        status: 429,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(NOW / 1000 + 600),
          date: 'Tue, 24 Nov 2026 00:05:00 GMT',
        },
      },
      limit: { kind: 'primary', waitMs: 301_000 },
      reason: "a primary limit ends by GitHub's clock",
    },
    {
      rejection: {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(NOW / 1000 - 30),
        },
      },
      limit: { kind: 'primary', waitMs: 1000 },
      reason: 'a primary limit that is over by now',
    },
    {
      rejection: { status: 429, headers: { 'retry-after': 'soon' } },
      limit: { kind: 'secondary', waitMs: 60_000 },
      reason: 'a header that is no number counts as none',
    },
    {
      rejection: {
        status: 403,
        headers: { 'x-ratelimit-remaining': '12' },
        message: 'Resource not accessible by integration',
      },
      limit: undefined,
      reason: 'a missing permission is no limit',
    },
    {
      rejection: { status: 401, headers: { 'retry-after': '5' } },
      limit: undefined,
      reason: 'nor is a wrong token',
    },
  ];
  it.each(rows)('$reason', ({ rejection, earlier = 0, limit }) => {
    expect(
      readRateLimit(
        { status: undefined, headers: {}, message: '', ...rejection },
        earlier,
        NOW,
      ),
    ).toEqual(limit);
  });

  it('are known to every client of the token, grow in a row, and end with a success', () => {
    const rejection = { status: 403, headers: {}, message: SECONDARY };
    const one = createLimitMemory('https://api.example.com token write');
    const other = createLimitMemory('https://api.example.com token write');
    const reads = createLimitMemory('https://api.example.com token read');
    expect(one.reject(rejection, NOW)?.waitMs).toBe(60_000);
    expect(other.current(NOW + 20_000)).toEqual({
      kind: 'secondary',
      waitMs: 40_000,
    });
    expect(reads.current(NOW + 20_000)).toBeUndefined();
    expect(other.current(NOW + 60_000)).toBeUndefined();
    expect(other.reject(rejection, NOW + 60_000)?.waitMs).toBe(120_000);
    one.clear();
    expect(other.current(NOW + 61_000)).toBeUndefined();
    expect(other.reject(rejection, NOW + 61_000)?.waitMs).toBe(60_000);
    other.clear();
  });
});
