import type { DatabasePlan } from './plan';
import {
  ApplyOutcome,
  describeRun,
  summarizeApply,
  summarizeInterrupted,
  summarizeOutcomes,
  summarizePlans,
} from './results';

const nothing: DatabasePlan = {
  databaseName: 'users_db',
  username: 'users',
  steps: [],
  remedies: [],
  findings: [],
  unchecked: [],
  notes: [],
};
const change: DatabasePlan = {
  ...nothing,
  steps: [
    {
      inTransaction: true,
      changes: [{ kind: 'set password', role: 'users', reason: 'why' }],
    },
  ],
};
const unseen: DatabasePlan = { ...nothing, unchecked: ['not seen'] };
const drifted: DatabasePlan = {
  ...nothing,
  findings: [{ kind: 'drift', text: 'closed' }],
};
const changed: ApplyOutcome = { outcome: 'changed', changes: 1 };

describe('a check', () => {
  it.each([
    { plans: [nothing], outcomes: ['unchanged'], all: 'done' },
    {
      plans: [drifted, nothing],
      outcomes: ['drifted', 'unchanged'],
      all: 'drift',
    },
    {
      plans: [unseen, nothing],
      outcomes: ['unchecked', 'unchanged'],
      all: 'failed',
    },
    {
      plans: [unseen, drifted],
      outcomes: ['unchecked', 'drifted'],
      all: 'failed',
    },
  ])('$outcomes is $all', ({ plans, outcomes, all }) => {
    const results = summarizePlans(plans, 'check');
    expect(results.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(summarizeOutcomes(results)).toBe(all);
  });

  it('tells the drift that was seen beside what was not', () => {
    expect(
      summarizePlans([{ ...drifted, unchecked: ['not seen'] }], 'check')[0]
        .problems,
    ).toEqual(['closed', 'not seen']);
  });
});

describe('an apply', () => {
  it.each<{
    reason: string;
    before: DatabasePlan;
    outcome?: ApplyOutcome;
    after: DatabasePlan;
    is: string;
  }>([
    {
      reason: 'changed and seen',
      before: change,
      outcome: changed,
      after: nothing,
      is: 'changed',
    },
    {
      reason: 'changed, and not seen',
      before: change,
      outcome: changed,
      after: unseen,
      is: 'unchecked',
    },
    {
      reason: 'nothing to do, and not seen',
      before: unseen,
      after: unseen,
      is: 'unchecked',
    },
    {
      reason: 'changed, and seen to differ',
      before: change,
      outcome: changed,
      after: { ...drifted, unchecked: ['not seen'] },
      is: 'failed',
    },
  ])('$reason: $is', ({ before, outcome, after, is }) => {
    expect(
      summarizeApply(
        [before],
        new Map(outcome && [[before.databaseName, outcome]]),
        [after],
      ),
    ).toMatchObject([{ outcome: is, changes: outcome?.changes ?? 0 }]);
  });

  it.each([
    { reason: 'the next run can change it', after: change, isNext: true },
    { reason: 'no run changes it', after: drifted, isNext: false },
  ])('that left a difference: $reason', ({ after, isNext }) => {
    const [{ problems }] = summarizeApply(
      [change],
      new Map([[change.databaseName, changed]]),
      [after],
    );
    expect(problems[0].endsWith('Run again to apply what is required.')).toBe(
      isNext,
    );
  });

  it.each<{ plan: DatabasePlan; outcome?: ApplyOutcome; is: string }>([
    { plan: change, outcome: changed, is: 'unchecked' },
    {
      plan: change,
      outcome: { outcome: 'failed', changes: 0, problem: 'no' },
      is: 'failed',
    },
    { plan: change, is: 'stopped' },
    { plan: { ...nothing, refusal: 'no' }, is: 'refused' },
    { plan: nothing, is: 'unchanged' },
    { plan: unseen, is: 'unchecked' },
  ])('that ends with an error leaves $is', ({ plan, outcome, is }) => {
    expect(
      summarizeInterrupted(
        [plan],
        new Map(outcome && [[plan.databaseName, outcome]]),
      ),
    ).toMatchObject([{ outcome: is }]);
  });
});

describe('describeRun', () => {
  const results = (count: number, outcome: 'unchecked' | 'unchanged') =>
    Array.from({ length: count }, (_, n) => ({
      database: `db${n}`,
      username: 'users',
      outcome,
      changes: 0,
      problems: [],
    }));

  it('names five that were not checked, and counts the rest', () => {
    expect(describeRun(results(2, 'unchanged'))).toBe(
      '2 databases checked, 0 changes applied',
    );
    expect(
      describeRun([...results(7, 'unchecked'), ...results(1, 'unchanged')]),
    ).toBe(
      '1 database checked, 0 changes applied, 7 not checked: db0 db1 db2 db3 db4 and 2 more',
    );
  });
});
