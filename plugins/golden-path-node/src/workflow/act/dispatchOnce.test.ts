import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { DispatchedRun, dispatchOnce } from './dispatchOnce';

const run = { id: 7, url: 'http://x/runs/7' };
const lost = new ServiceUnavailableError('the answer was lost');

describe('dispatchOnce', () => {
  const rows: Array<{
    found: DispatchedRun[][];
    dispatch: DispatchedRun | Error | undefined;
    sent: number;
    outcome: unknown;
    reason: string;
  }> = [
    {
      found: [[run]],
      dispatch: run,
      sent: 0,
      outcome: run,
      reason: 'returns an existing run',
    },
    {
      found: [[]],
      dispatch: run,
      sent: 1,
      outcome: run,
      reason: 'GitHub names the run',
    },
    {
      found: [[], [], [], [run]],
      dispatch: undefined,
      sent: 1,
      outcome: run,
      reason: 'the run is listed later',
    },
    {
      found: [[], [], [run]],
      dispatch: lost,
      sent: 1,
      outcome: run,
      reason: 'the answer was lost, the run exists',
    },
    {
      found: [[]],
      dispatch: lost,
      sent: 1,
      outcome: 'ServiceUnavailableError',
      reason: 'the answer was lost and no run is listed: never sent again',
    },
    {
      found: [[]],
      dispatch: new InputError('422'),
      sent: 1,
      outcome: 'InputError',
      reason: 'rejected: no run to look for',
    },
  ];
  it.each(rows)('$reason', async row => {
    let sent = 0;
    let lookups = 0;
    const outcome = await dispatchOnce({
      find: async () => {
        lookups += 1;
        return row.found[Math.min(lookups, row.found.length) - 1];
      },
      dispatch: async () => {
        sent += 1;
        if (row.dispatch instanceof Error) throw row.dispatch;
        return row.dispatch;
      },
      sleep: async () => {},
    }).catch(error => error.name);
    expect({ outcome, sent }).toEqual({ outcome: row.outcome, sent: row.sent });
  });
});
