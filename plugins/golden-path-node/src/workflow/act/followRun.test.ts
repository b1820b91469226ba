import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import { FollowedRun, followRun } from './followRun';

const running: FollowedRun = { isCompleted: false, conclusion: undefined };
const done: FollowedRun = { isCompleted: true, conclusion: 'success' };
const fault = new ServiceUnavailableError('502');

describe('followRun', () => {
  const rows: Array<{
    /** One a poll; the last one stays. */
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
      reason: 'followed to its end',
    },
    {
      polls: [undefined, undefined, running, done],
      outcome: done,
      polled: 4,
      reason: 'a new run does not show at once',
    },
    {
      polls: [running, fault, fault, done],
      outcome: done,
      polled: 4,
      reason: 'faults are waited out',
    },
    {
      polls: [undefined],
      outcome: 'NotFoundError',
      polled: 7,
      reason: 'never shows within a minute',
    },
    {
      polls: [running, undefined],
      outcome: 'NotFoundError',
      polled: 2,
      reason: 'deleted while we look',
    },
    {
      polls: [running],
      outcome: 'ServiceUnavailableError',
      polled: 11,
      reason: 'the time is over',
    },
    {
      polls: [fault],
      outcome: 'ServiceUnavailableError',
      polled: 11,
      reason: 'GitHub never comes back',
    },
    {
      polls: [new NotAllowedError('401')],
      outcome: 'NotAllowedError',
      polled: 1,
      reason: 'bad credentials do not heal',
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

  it('stops when nobody waits any more', async () => {
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
