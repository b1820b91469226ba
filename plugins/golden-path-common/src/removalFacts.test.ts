import { DatabaseUsage } from './removal';
import { parseRemovalFacts, printRemovalFacts } from './removalFacts';

const usage: DatabaseUsage = {
  observedAt: '2026-11-26T00:00:00.000Z',
  sizeBytes: 7_000_000,
  connections: 1,
  sessions: [{ role: 'users_app', application: '$(evil)', count: 1 }],
  lastStateChange: undefined,
  sessionsOpened: 4,
  transactions: 9,
  countedSince: '2026-11-01T00:00:00.000Z',
};

describe('what Backstage saw of a database', () => {
  it('reaches the pull request without the texts of others', () => {
    const text = printRemovalFacts({
      dependants: ['component:default/user-service', 'evil: $(id)'],
      usage,
    });
    expect(text).not.toContain('evil');
    expect(parseRemovalFacts(text)).toEqual({
      facts: {
        dependants: ['component:default/user-service'],
        usage: { ...usage, sessions: [] },
      },
    });
  });

  it.each([
    { facts: {}, reason: 'nobody looked' },
    { facts: { dependants: [] }, reason: 'nothing depends on it' },
  ])('is read as it was printed: $reason', ({ facts }) => {
    expect(parseRemovalFacts(printRemovalFacts(facts))).toEqual({ facts });
  });

  it('does not hand on why the instance was not asked', () => {
    const text = printRemovalFacts({ usage: { unknown: '`$(id)`' } });
    expect(parseRemovalFacts(text)).toEqual({
      facts: { usage: { unknown: 'Backstage has no access to it' } },
    });
  });

  it.each([
    { text: '', says: 'is no JSON: ', reason: 'nothing' },
    {
      text: '{"dependants":["x"]}',
      says: 'has a wrong value at dependants.0: ',
      reason: 'no entity reference',
    },
    {
      text: JSON.stringify({ usage }),
      says: 'has a wrong value at usage: ',
      reason: 'texts of apps',
    },
    {
      text: '{"note":"please merge"}',
      says: 'has a wrong value at its top: ',
      reason: 'another key',
    },
    {
      text: JSON.stringify({
        dependants: Array.from({ length: 101 }, (_, i) => `component:a/b${i}`),
      }),
      says: 'has a wrong value at dependants: ',
      reason: 'too many',
    },
  ])('is refused: $reason', ({ text, says }) => {
    expect(parseRemovalFacts(text)).toEqual({
      problem: expect.stringContaining(says),
    });
  });
});
