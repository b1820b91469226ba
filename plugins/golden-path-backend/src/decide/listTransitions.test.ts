import {
  catalogEntry,
  CatalogStatus,
} from '@goldenpath/plugin-golden-path-common';
import { decideStatus, StatusContext } from './decideStatus';
import type { Evidence, PullRequestSeen, RunSeen } from './evidence';
import { listTransitions } from './listTransitions';

const KEY = { environment: 'dev', databaseName: 'users_db' };
const NOW = Date.parse('2026-11-26T12:00:00Z');
const HOUR = 60 * 60_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const seen = <Value>(value: Value) => ({ readAt: NOW, value });
const context: StatusContext = {
  now: NOW,
  patience: {
    reviewMs: 72 * HOUR,
    provisionMs: 2 * HOUR,
    runMs: HOUR,
    conflictMs: 0,
  },
  platformTeam: 'group:default/platform-team',
  catalogPath: 'rds.yaml',
  catalogUrl: 'https://github.com/acme/infra/blob/main/rds.yaml',
  environments: ['dev', 'prod'],
  instances: {},
};

const claimed: Evidence = {
  claim: seen({
    taskId: 't1',
    state: 'done' as const,
    createdAt: ago(3 * HOUR),
    pullRequestUrl: 'https://github.com/acme/infra/pull/5',
    owner: 'payments',
    component: 'user-service',
    username: 'users_app',
    requestedBy: 'jane',
  }),
};
const pull = (rest: Partial<PullRequestSeen> = {}): Evidence => ({
  pullRequest: seen({
    number: 5,
    url: 'https://github.com/acme/infra/pull/5',
    state: 'open' as const,
    createdAt: ago(2 * HOUR),
    updatedAt: ago(2 * HOUR),
    isDraft: false,
    hasConflict: false,
    reviews: [],
    ...rest,
  }),
});
const merged = pull({ state: 'merged', mergedAt: ago(HOUR) });
const declared = (status: CatalogStatus): Evidence => {
  const entry = catalogEntry(
    {
      ...KEY,
      component_id: 'user-service',
      username: 'users_app',
      owner: 'payments',
      requestedBy: 'jane',
      domain: 'delivery',
      risk: 'medium',
      size: 'small',
    },
    { createdDate: ago(0).slice(0, 10) },
  );
  entry.metadata.status = status;
  return { declared: seen(entry) };
};
const applied = (rest: Partial<RunSeen>): Evidence => ({
  applyRun: seen({
    id: 8,
    url: 'https://github.com/acme/infra/actions/runs/8',
    startedAt: ago(HOUR / 2),
    updatedAt: ago(HOUR / 4),
    status: 'completed',
    conclusion: 'failure',
    failedSteps: ['apply'],
    ...rest,
  }),
});

/** The row that the run writes. */
const created: Evidence = { audit: seen({ created: { at: ago(0) } }) };

/** The transitions after each of the evidences, which replace what they know of the one before. */
const follow = (evidences: Evidence[]) => {
  let evidence: Evidence = {};
  let before: Parameters<typeof listTransitions>[0];
  return evidences.map((next, n) => {
    evidence = { ...evidence, ...next };
    const now = NOW + n * 1000;
    const status = decideStatus(KEY, evidence, { ...context, now })!;
    const after = { status, evidence };
    const transitions = listTransitions(before, after, now);
    before = after;
    return transitions;
  });
};
const TOLD = ['pull_request', 'merged', 'provisioned', 'failed', 'stale'];
const toldOf = (evidences: Evidence[]) =>
  follow(evidences).map(transitions =>
    transitions.flatMap(({ kind }) => (TOLD.includes(kind) ? [kind] : [])),
  );

describe('the steps that people are told', () => {
  it.each<{ reason: string; evidences: Evidence[]; told: string[][] }>([
    {
      reason: 'an entry by hand has no pull request that waits or is merged',
      evidences: [declared('pending'), declared('active')],
      told: [[], ['provisioned']],
    },
    {
      reason: 'after an outage, a merged pull request waits for nobody',
      evidences: [
        claimed,
        { ...merged, ...declared('pending') },
        { ...declared('active'), ...created },
      ],
      told: [[], ['merged'], ['provisioned']],
    },
    {
      reason: 'after an outage, all at once',
      evidences: [claimed, { ...merged, ...declared('active'), ...created }],
      told: [[], ['merged', 'provisioned']],
    },
    {
      reason: 'nor does a closed one',
      evidences: [claimed, pull({ state: 'closed', closedAt: ago(HOUR) })],
      told: [[], ['failed']],
    },
    {
      reason: 'an open one that the task found before GitHub was asked: once',
      evidences: [claimed, pull(), pull({ updatedAt: ago(HOUR) })],
      told: [[], ['pull_request'], []],
    },
    {
      reason: 'the merge, although the catalog showed the entry before: once',
      evidences: [claimed, pull(), declared('pending'), merged, merged],
      told: [[], ['pull_request'], [], ['merged'], []],
    },
    {
      reason: 'the database, when its own evidence comes after a rotation',
      evidences: [
        {
          ...declared('pending'),
          audit: seen({ rotated: { at: ago(0) } }),
        },
        declared('active'),
      ],
      told: [[], ['provisioned']],
    },
  ])('$reason', ({ evidences, told }) => {
    expect(toldOf(evidences)).toEqual(told);
  });
});

describe('a problem that comes back', () => {
  const running = applied({
    status: 'in_progress',
    conclusion: undefined,
    startedAt: ago(HOUR / 8),
    updatedAt: ago(HOUR / 8),
  });
  const again = applied({ startedAt: ago(HOUR / 8), updatedAt: ago(60_000) });
  const since = { conflictSince: ago(2 * HOUR) };
  const conflict = pull({ hasConflict: true, ...since });
  const rebased = { updatedAt: ago(HOUR) };
  const start = { ...claimed, ...merged, ...declared('pending') };
  it.each<{
    reason: string;
    evidences: Evidence[];
    kind: string;
    told: number;
  }>([
    {
      reason: 'a run that fails again: twice',
      evidences: [start, applied({}), running, again],
      kind: 'failed',
      told: 2,
    },
    {
      reason: 'a run that was never seen running again: twice',
      evidences: [start, applied({}), again],
      kind: 'failed',
      told: 2,
    },
    {
      reason: 'a failed run that GitHub updates: once',
      evidences: [start, applied({}), applied({ updatedAt: ago(60_000) })],
      kind: 'failed',
      told: 1,
    },
    {
      reason: 'a conflict after a rebase: twice',
      evidences: [
        claimed,
        conflict,
        pull(rebased),
        pull({
          hasConflict: true,
          conflictSince: ago(HOUR / 2),
          updatedAt: ago(HOUR / 2),
        }),
      ],
      kind: 'stale',
      told: 2,
    },
    {
      reason: 'a conflict that GitHub computes again: once',
      evidences: [
        claimed,
        conflict,
        pull({ hasConflict: undefined, ...since }),
        conflict,
      ],
      kind: 'stale',
      told: 1,
    },
    {
      reason: 'a conflict on which somebody comments: once',
      evidences: [
        claimed,
        conflict,
        pull({ hasConflict: true, ...since, ...rebased }),
      ],
      kind: 'stale',
      told: 1,
    },
    {
      reason: 'a catalog that says failed, active and failed: twice',
      evidences: ['failed', 'active', 'failed'].map(status =>
        declared(status as CatalogStatus),
      ),
      kind: 'failed',
      told: 2,
    },
  ])('$reason', ({ evidences, kind, told }) => {
    const keys = follow(evidences)
      .flat()
      .filter(one => one.kind === kind)
      .map(({ key }) => key);
    // The store adds a key once.
    expect(new Set(keys).size).toBe(told);
  });
});
