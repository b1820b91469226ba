import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { RateLimitError } from '../../errors/findRetry';
import { DispatchedRun, dispatchOnce } from './dispatchOnce';

const run = { id: 7, url: 'http://x/runs/7' };
const lost = new ServiceUnavailableError('GitHub did not answer POST /x');
const START = 1_795_478_400_000;
const MINUTE = 60_000;

describe('dispatchOnce', () => {
  const rows: Array<{
    /** What GitHub answers to a dispatch, in turn; the last one again and again. */
    dispatch: Array<DispatchedRun | Error | undefined>;
    /** When a list has the run, in ms since the start; never, unless given. */
    listedAfter?: number;
    /** From when to when GitHub doesn't answer lists, in ms since the start. */
    down?: [number, number, Error];
    /** When an earlier attempt may have dispatched, in ms since the start. */
    sentAt?: number;
    sent: number;
    outcome: unknown;
    /** In ms since the start. */
    until?: { least: number; most: number };
    told?: number;
    reason: string;
  }> = [
    {
      listedAfter: 0,
      dispatch: [run],
      sent: 0,
      outcome: run,
      reason: 'returns an existing run',
    },
    {
      dispatch: [run],
      sent: 1,
      outcome: run,
      until: { least: 0, most: 0 },
      reason: 'GitHub names the run',
    },
    {
      dispatch: [undefined],
      listedAfter: 10_000,
      sent: 1,
      outcome: run,
      until: { least: 10_000, most: 20_000 },
      reason: 'GitHub only accepts; the run is listed later',
    },
    {
      dispatch: [undefined],
      listedAfter: 10 * MINUTE,
      sent: 1,
      outcome: run,
      reason:
        'an accepted dispatch is never sent again, however late its run is listed',
    },
    {
      dispatch: [undefined],
      sent: 1,
      outcome: 'ServiceUnavailableError',
      until: { least: 30 * MINUTE, most: 31 * MINUTE },
      reason: 'ends with the timeout when an accepted run is never listed',
    },
    {
      dispatch: [lost],
      listedAfter: 60_000,
      sent: 1,
      told: 1,
      outcome: run,
      reason: 'the answer was lost after the dispatch arrived',
    },
    {
      dispatch: [lost, run],
      sent: 2,
      told: 1,
      outcome: run,
      until: { least: 2 * MINUTE, most: 2.5 * MINUTE },
      reason:
        'the connection broke before the dispatch arrived: sent again after two minutes without a run',
    },
    {
      dispatch: [lost, run],
      down: [1000, 5 * MINUTE, lost],
      listedAfter: 5 * MINUTE,
      sent: 1,
      told: 1,
      outcome: run,
      reason:
        'an outage proves nothing: no second dispatch until a list was answered',
    },
    {
      dispatch: [lost, run],
      down: [1000, 5 * MINUTE, lost],
      sent: 2,
      told: 1,
      outcome: run,
      until: { least: 5 * MINUTE, most: 6 * MINUTE },
      reason: 'after an outage a list without the run is proof',
    },
    {
      dispatch: [lost, run],
      down: [1000, 4 * MINUTE, new RateLimitError('limited', 3 * MINUTE)],
      listedAfter: 2 * MINUTE,
      sent: 1,
      told: 1,
      outcome: run,
      until: { least: 3 * MINUTE, most: 7 * MINUTE },
      reason: 'waits as long as a rate limit asks before it looks again',
    },
    {
      dispatch: [lost],
      sent: 3,
      told: 3,
      outcome: 'ServiceUnavailableError',
      reason: 'gives up after three attempts',
    },
    {
      dispatch: [run],
      sentAt: -15_000,
      listedAfter: 20_000,
      sent: 0,
      outcome: run,
      reason:
        'an earlier attempt was killed just after it dispatched: its run is not listed yet',
    },
    {
      dispatch: [run],
      sentAt: -15_000,
      sent: 1,
      outcome: run,
      until: { least: 105_000, most: 120_000 },
      reason: 'an earlier attempt was killed before it dispatched',
    },
    {
      dispatch: [run],
      sentAt: -10 * MINUTE,
      sent: 1,
      outcome: run,
      until: { least: 0, most: 0 },
      reason: 'an earlier attempt is long over: one look is enough',
    },
    {
      dispatch: [new InputError('422')],
      sent: 1,
      outcome: 'InputError',
      until: { least: 0, most: 0 },
      reason: 'rejected: no run to look for',
    },
    {
      dispatch: [new RateLimitError('limited', MINUTE)],
      sent: 1,
      outcome: 'RateLimitError',
      until: { least: 0, most: 0 },
      reason: 'rejected by a rate limit that lasts too long: not executed',
    },
    {
      dispatch: [run],
      down: [-1, MINUTE, new InputError('410')],
      sent: 0,
      outcome: 'InputError',
      until: { least: 0, most: 0 },
      reason:
        'a list that fails for good ends the work before anything is sent',
    },
  ];
  it.each(rows)('$reason', async row => {
    let elapsed = 0;
    let sent = 0;
    const told: string[] = [];
    const outcome = await dispatchOnce(
      {
        timeoutMs: 30 * MINUTE,
        sentAt: row.sentAt === undefined ? undefined : START + row.sentAt,
      },
      {
        find: async () => {
          const [from, to, error] = row.down ?? [0, 0, lost];
          if (elapsed > from && elapsed < to) throw error;
          return elapsed >= (row.listedAfter ?? Infinity) ? [run] : [];
        },
        dispatch: async () => {
          sent += 1;
          const answer = row.dispatch[Math.min(sent, row.dispatch.length) - 1];
          if (answer instanceof Error) throw answer;
          return answer;
        },
        sleep: async ms => {
          elapsed += ms;
        },
        now: () => START + elapsed,
        tell: message => told.push(message),
      },
    ).catch(error => error.name);
    expect({ outcome, sent, told: told.length }).toEqual({
      outcome: row.outcome,
      sent: row.sent,
      told: row.told ?? 0,
    });
    if (row.until) {
      expect(elapsed).toBeGreaterThanOrEqual(row.until.least);
      expect(elapsed).toBeLessThanOrEqual(row.until.most);
    }
  });
});
