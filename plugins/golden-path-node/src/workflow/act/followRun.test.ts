import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import { FollowedRun, followRun } from './followRun';

const running: FollowedRun = { isCompleted: false, conclusion: undefined };
const done: FollowedRun = { isCompleted: true, conclusion: 'success' };
const fault = new ServiceUnavailableError('502');

describe('followRun', () => {
  const rows: Array<{
    /** One per poll; the last one repeats. */
    polls: Array<FollowedRun | Error | undefined>;
    outcome: unknown;
    polled: number;
    reason: string;
  }> = [
    { polls: [done], outcome: done, polled: 1, reason: 'completed at once' },
    {
      polls: [running, running, done],
      outcome: done,
      polled: 3,
      reason: 'polls until completed',
    },
    {
      polls: [undefined, undefined, running, done],
      outcome: done,
      polled: 4,
      reason: 'a new run is listed later',
    },
    {
      polls: [running, fault, fault, done],
      outcome: done,
      polled: 4,
      reason: 'continues after GitHub outages',
    },
    {
      polls: [undefined],
      outcome: 'NotFoundError',
      polled: 7,
      reason: 'not listed within a minute',
    },
    {
      polls: [running, undefined],
      outcome: 'NotFoundError',
      polled: 2,
      reason: 'deleted during polling',
    },
    {
      polls: [running],
      outcome: 'ServiceUnavailableError',
      polled: 11,
      reason: 'timeout',
    },
    {
      polls: [fault],
      outcome: 'ServiceUnavailableError',
      polled: 11,
      reason: 'GitHub stays unreachable',
    },
    {
      polls: [new NotAllowedError('401')],
      outcome: 'NotAllowedError',
      polled: 1,
      reason: 'bad credentials are not retried',
    },
  ];
  it.each(rows)('$reason', async row => {
    let polled = 0;
    let now = 0;
    const outcome = await followRun(
      'Run 7',
      { timeoutMs: 100_000, pollMs: 10_000 },
      {
        get: async () => {
          const poll = row.polls[Math.min(polled, row.polls.length - 1)];
          polled += 1;
          if (poll instanceof Error) throw poll;
          return poll;
        },
        sleep: async ms => {
          now += ms;
        },
        now: () => now,
        warn: () => {},
      },
    ).catch(error => error.name);
    expect({ outcome, polled }).toEqual({
      outcome: row.outcome,
      polled: row.polled,
    });
  });

  it('stops when the task is cancelled', async () => {
    await expect(
      followRun(
        'Run 7',
        { timeoutMs: 1_000, pollMs: 10 },
        {
          get: async () => running,
          sleep: () => Promise.reject(new Error('cancelled')),
          now: () => 0,
          warn: () => {},
        },
      ),
    ).rejects.toThrow('cancelled');
  });
});
