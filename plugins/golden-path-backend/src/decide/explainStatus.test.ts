import { EXAMPLE_STATUS } from '../testing/exampleStatus';
import { explainStatus } from './explainStatus';

describe('explainStatus', () => {
  it.each([
    {
      reason: 'nothing was seen yet',
      status: { ...EXAMPLE_STATUS, steps: [], next: undefined },
      says: 'Database users_db in dev: nothing is done yet.',
    },
    {
      reason: 'a problem comes with its evidence',
      status: {
        ...EXAMPLE_STATUS,
        steps: [],
        next: undefined,
        problem: {
          kind: 'failed' as const,
          at: '2026-11-26T11:00:00.000Z',
          evidence: 'Run 12 failed.',
        },
      },
      says: 'Database users_db in dev: nothing is done yet. Problem: failed since 2026-11-26T11:00:00.000Z. Run 12 failed.',
    },
    {
      reason: 'the time may be unknown',
      status: {
        ...EXAMPLE_STATUS,
        steps: [],
        next: undefined,
        problem: { kind: 'stale' as const, evidence: 'Open for 14 days.' },
      },
      says: 'Database users_db in dev: nothing is done yet. Problem: stale. Open for 14 days.',
    },
    {
      reason: 'in use: nobody has to act',
      status: {
        ...EXAMPLE_STATUS,
        next: undefined,
        steps: [{ name: 'provisioned' as const, state: 'done' as const }],
      },
      says: 'Database users_db in dev: ready.',
    },
  ])('$reason', ({ status, says }) => {
    expect(explainStatus(status)).toBe(says);
  });
});
