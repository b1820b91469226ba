import {
  catalogEntry,
  CatalogStatus,
  databaseStatusSchema,
  STATUS_STEPS,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import { decideStatus, StatusContext } from './decideStatus';
import type {
  Evidence,
  PullRequestSeen,
  RemovalSeen,
  RunSeen,
} from './evidence';
import { isForgotten } from './isForgotten';
import { mergeEvidence } from './mergeEvidence';

const KEY = { environment: 'dev', databaseName: 'users_db' };
const NOW = Date.parse('2026-11-26T12:00:00Z');
const DAY = 24 * 60 * 60_000;
const HOUR = 60 * 60_000;
const ago = (ms: number) => new Date(NOW - ms).toISOString();
const seen = <Value>(value: Value | null, readAt = NOW - 1000) => ({
  readAt,
  value,
});
const context: StatusContext = {
  now: NOW,
  patience: {
    reviewMs: 3 * DAY,
    provisionMs: 2 * HOUR,
    runMs: HOUR,
    conflictMs: HOUR / 6,
  },
  platformTeam: 'group:default/platform-team',
  catalogPath: 'rds.yaml',
  catalogUrl: 'https://github.com/acme/infra/blob/main/rds.yaml',
  environments: ['dev', 'test', 'staging', 'prod'],
  instances: {},
};

const claimed = (ms: number, size = 'small'): Evidence => ({
  claim: seen({
    taskId: 't1',
    state: 'held',
    createdAt: ago(ms),
    runId: 7,
    owner: 'payments',
    component: 'user-service',
    username: 'users_app',
    requestedBy: 'jane',
    size,
  }),
});
const freed = (evidence: Evidence): Evidence => ({
  claim: seen({ ...evidence.claim!.value!, state: 'freed', runId: undefined }),
});
const done = (evidence: Evidence, pullRequest: number): Evidence => ({
  claim: seen({
    ...evidence.claim!.value!,
    state: 'done',
    pullRequestUrl: `https://github.com/acme/infra/pull/${pullRequest}`,
  }),
});
const run = (rest: Partial<RunSeen>): RunSeen => ({
  id: 7,
  url: 'https://github.com/acme/infra/actions/runs/7',
  startedAt: ago(HOUR / 2),
  updatedAt: ago(HOUR / 4),
  status: 'in_progress',
  failedSteps: [],
  ...rest,
});
const pull = (rest: Partial<PullRequestSeen> = {}): Evidence => ({
  pullRequest: seen({
    number: 5,
    url: 'https://github.com/acme/infra/pull/5',
    state: 'open',
    createdAt: ago(HOUR),
    updatedAt: ago(HOUR),
    isDraft: false,
    hasConflict: false,
    reviews: [],
    ...rest,
  }),
});
const removal = (rest: Partial<RemovalSeen> = {}): Evidence => ({
  removal: seen({
    number: 6,
    url: 'https://github.com/acme/infra/pull/6',
    state: 'open',
    createdAt: ago(HOUR),
    ...rest,
  }),
});
const takenOut = (rest: Partial<RunSeen>, at = ago(HOUR)): Evidence =>
  all(
    declared('active'),
    { declared: seen<never>(null, NOW) },
    removal({ state: 'merged', mergedAt: at }),
    { removalRun: seen(run(rest)) },
  );
const merged = (ms: number) =>
  pull({ state: 'merged', mergedAt: ago(ms), hasConflict: undefined });
const entry = (status: CatalogStatus) => {
  const made = catalogEntry(
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
    { createdDate: ago(DAY).slice(0, 10) },
  );
  made.metadata.status = status;
  return made;
};
/** Pending, written so many ms ago. */
const entryOf = (ms: number) => {
  const made = entry('pending');
  made.metadata.created_date = ago(ms).slice(0, 10);
  return made;
};
/** The entry of a branch, for the team. */
const proposedBy = (owner: string): Evidence => {
  const made = entry('pending');
  made.metadata.owner = owner;
  return { proposed: seen(made) };
};
const declared = (status: CatalogStatus): Evidence => ({
  declared: seen(entry(status)),
});
const approval = { by: 'rita', state: 'approved', at: ago(HOUR / 2) } as const;
const changes = { ...approval, state: 'changes_requested' } as const;
const row = {
  at: ago(HOUR / 2),
  url: 'https://github.com/acme/infra/actions/runs/8',
};
const issue = {
  number: 9,
  url: 'https://github.com/acme/infra/issues/9',
  at: ago(HOUR),
};
const created: Evidence = {
  audit: seen({ credentials: row, created: row }),
};
const failedRow = { ...row, action: 'create_role', message: 'no connection' };

const INFERRED = 'Shown by a later step. ';

const all = (...parts: Evidence[]): Evidence => parts.reduce(mergeEvidence, {});
const claim = claimed(2 * HOUR);

const rows: Array<{
  reason: string;
  evidence: Evidence;
  step: string;
  problem?: RegExp;
  who?: RegExp;
  undeclared?: true;
  /** Of who acts. */
  because?: RegExp;
  /** Its title. */
  link?: string;
}> = [
  {
    reason: 'a task holds it',
    evidence: claimed(HOUR / 2),
    step: 'requested',
    who: /^GitHub Actions/,
  },
  {
    reason: 'the task does nothing',
    evidence: claim,
    step: 'requested',
    problem: /^stale Task t1 holds/,
    who: /requester, jane/,
  },
  {
    reason: 'the task ended early',
    evidence: freed(claim),
    step: 'requested',
    problem: /^failed Task t1 ended/,
    who: /requester/,
  },
  {
    reason: 'the run works',
    evidence: all(claim, { requestRun: seen(run({})) }),
    step: 'requested',
    who: /^GitHub Actions/,
  },
  {
    reason: 'the run hangs',
    evidence: all(claim, {
      requestRun: seen(run({ startedAt: ago(2 * HOUR) })),
    }),
    step: 'requested',
    problem: /^stale Workflow run 7/,
    who: /platform team/,
  },
  {
    reason: 'the run failed',
    evidence: all(claim, {
      requestRun: seen(
        run({
          status: 'completed',
          conclusion: 'failure',
          failedSteps: ['request: Check'],
        }),
      ),
    }),
    step: 'requested',
    problem: /^failed .*"failure" in request: Check/,
    who: /platform team/,
  },
  {
    reason: 'a run of an earlier task failed',
    evidence: all(claimed(HOUR / 2), {
      requestRun: seen(run({ id: 3, conclusion: 'failure' })),
    }),
    step: 'requested',
    who: /^GitHub Actions/,
  },
  {
    reason: 'the pull request waits',
    evidence: all(claim, pull()),
    step: 'pull_request',
    who: /reviewer of payments/,
  },
  {
    reason: 'a large one waits',
    evidence: all(claimed(HOUR, 'large'), pull()),
    step: 'pull_request',
    who: /reviewer of platform-team/,
  },
  {
    reason: 'it waits for long',
    evidence: all(claim, pull({ createdAt: ago(4 * DAY) })),
    step: 'pull_request',
    problem: /^stale .* waiting for a review since 2026-11-22/,
    who: /reviewer of payments/,
  },
  {
    reason: 'it is a draft',
    evidence: all(claim, pull({ isDraft: true })),
    step: 'pull_request',
    who: /requester/,
  },
  {
    reason: 'it conflicts since the last merge next door',
    evidence: all(
      claim,
      pull({ hasConflict: true, conflictSince: ago(HOUR / 12) }),
    ),
    step: 'pull_request',
    who: /reviewer of payments/,
  },
  {
    reason: 'it conflicts for long',
    evidence: all(
      claim,
      pull({ hasConflict: true, conflictSince: ago(HOUR / 4) }),
    ),
    step: 'pull_request',
    problem: /^stale .* conflicts/,
    who: /platform team/,
  },
  {
    reason: 'changes are requested',
    evidence: all(claim, pull({ reviews: [changes] })),
    step: 'pull_request',
    who: /requester/,
  },
  {
    reason: 'one approves and one requests changes',
    evidence: all(
      claim,
      pull({ reviews: [approval, { ...changes, by: 'tom' }] }),
    ),
    step: 'pull_request',
    who: /requester/,
  },
  {
    reason: 'it is approved',
    evidence: all(claim, pull({ reviews: [approval] })),
    step: 'approved',
    who: /reviewer of payments/,
  },
  {
    reason: 'it is approved and left',
    evidence: all(
      claim,
      pull({ reviews: [{ ...approval, at: ago(4 * DAY) }] }),
    ),
    step: 'approved',
    problem: /^stale .* approved since/,
    who: /reviewer/,
  },
  {
    reason: 'it was closed',
    evidence: all(claim, pull({ state: 'closed', closedAt: ago(HOUR) })),
    step: 'pull_request',
    problem: /^failed .* closed without a merge/,
    who: /requester/,
  },
  {
    reason: 'it was closed, and requested again',
    evidence: all(
      claimed(HOUR / 2),
      pull({ state: 'closed', closedAt: ago(HOUR) }),
    ),
    step: 'requested',
    who: /^GitHub Actions/,
  },
  {
    reason: 'it is merged',
    evidence: all(claim, merged(HOUR)),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason: 'it is merged for long',
    evidence: all(claim, merged(3 * HOUR)),
    step: 'merged',
    problem: /^stale It was merged at/,
    who: /platform team/,
  },
  {
    reason: 'the apply run waits for reviewers',
    evidence: all(claim, merged(HOUR), {
      applyRun: seen(run({ status: 'waiting' })),
    }),
    step: 'merged',
    who: /reviewer of the GitHub environment/,
  },
  {
    reason: 'the apply run hangs',
    evidence: all(claim, merged(HOUR), {
      applyRun: seen(run({ startedAt: ago(1.5 * HOUR) })),
    }),
    step: 'merged',
    problem: /^stale Workflow run 7/,
    who: /platform team/,
  },
  {
    reason: 'the apply run failed',
    evidence: all(claim, merged(HOUR), {
      applyRun: seen(
        run({ conclusion: 'failure', failedSteps: ['dev / Plan: Plan'] }),
      ),
    }),
    step: 'merged',
    problem: /^failed .* dev \/ Plan/,
    who: /platform team/,
  },
  {
    reason: 'the apply run failed after the credentials',
    evidence: all(claim, merged(HOUR), {
      applyRun: seen(
        run({ conclusion: 'failure', credentialsAt: ago(60_000) }),
      ),
    }),
    step: 'credentials',
    problem: /^failed/,
    who: /platform team/,
  },
  {
    reason: 'it is declared',
    evidence: declared('pending'),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason: 'the catalog says failed',
    evidence: declared('failed'),
    step: 'merged',
    problem: /^failed rds.yaml has status "failed"/,
    who: /platform team/,
  },
  {
    reason: 'the audit says failed',
    evidence: all(declared('failed'), { audit: seen({ failed: failedRow }) }),
    step: 'merged',
    problem: /create_role failed: no connection/,
    who: /platform team/,
  },
  { reason: 'it is active', evidence: declared('active'), step: 'provisioned' },
  {
    reason: 'the audit has it',
    evidence: all(declared('pending'), created),
    step: 'provisioned',
  },
  {
    reason: 'an earlier database of the name was made',
    evidence: all(declared('pending'), {
      audit: seen({ created: { at: ago(9 * DAY) } }),
    }),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason: 'a later pull request of its branch is open',
    evidence: all(declared('active'), pull({ hasConflict: true })),
    step: 'provisioned',
  },
  {
    reason: 'a later pull request was closed',
    evidence: all(
      declared('active'),
      pull({ state: 'closed', closedAt: ago(HOUR) }),
    ),
    step: 'provisioned',
  },
  {
    reason: 'it was rotated',
    evidence: all(declared('active'), { audit: seen({ rotated: row }) }),
    step: 'rotated',
  },
  {
    reason: 'a rotation failed',
    evidence: all(declared('active'), created, {
      audit: seen(
        { created: row, failed: { ...failedRow, action: 'rotate_password' } },
        NOW,
      ),
    }),
    step: 'provisioned',
    problem: /^failed .*rotate_password/,
    who: /platform team/,
  },
  {
    reason: 'it drifted',
    evidence: all(declared('active'), { drift: seen(issue) }),
    step: 'provisioned',
    problem: /^drifted Issue #9/,
    who: /platform team/,
  },
  {
    reason: 'its access is to be reviewed',
    evidence: all(declared('active'), { accessReview: seen(issue) }),
    step: 'provisioned',
    who: /owner, payments/,
  },
  {
    reason: 'it is taken out',
    evidence: all(declared('active'), { declared: seen<never>(null, NOW) }),
    step: 'provisioned',
    undeclared: true,
    who: /platform team/,
  },
  {
    reason: 'it is taken out and locked',
    evidence: all(declared('active'), {
      declared: seen<never>(null, NOW),
      audit: seen({ retired: row }),
    }),
    step: 'provisioned',
    undeclared: true,
  },
  {
    reason: 'its removal is open',
    evidence: all(declared('active'), removal(), { accessReview: seen(issue) }),
    step: 'provisioned',
    who: /^the owner, payments, and the platform team \(platform-team\)$/,
    because: /^Pull request #6 takes it out and requires two approvals/,
    link: 'Removal',
  },
  {
    reason: 'its removal is open while it drifts',
    evidence: all(declared('active'), removal(), { drift: seen(issue) }),
    step: 'provisioned',
    problem: /^drifted/,
    who: /platform team/,
    link: 'Removal',
  },
  {
    reason: 'its removal was closed',
    evidence: all(declared('active'), { removal: seen<never>(null) }),
    step: 'provisioned',
  },
  {
    reason: 'the run of its removal failed',
    evidence: takenOut({
      conclusion: 'failure',
      failedSteps: ['dev / Check the plan: Check the plan'],
    }),
    step: 'provisioned',
    undeclared: true,
    problem: /^failed .* applies the removal .*Check the plan/,
    who: /platform team/,
    because: /rds-removal-allowed and run it again, or revert/,
    link: 'Run that applies the removal',
  },
  {
    reason: 'its removal is being applied',
    evidence: takenOut({}),
    step: 'provisioned',
    undeclared: true,
    who: /^GitHub Actions/,
  },
  {
    reason: 'its removal waits for the reviewers of the plan',
    evidence: takenOut({ status: 'waiting' }),
    step: 'provisioned',
    undeclared: true,
    who: /reviewer of the GitHub environment/,
  },
  {
    reason: 'its removal is applied',
    evidence: takenOut({ conclusion: 'success' }),
    step: 'provisioned',
    undeclared: true,
    who: /platform team/,
    because: /--retire/,
  },
  {
    reason: 'an earlier database of the name was removed',
    evidence: takenOut({ conclusion: 'failure' }, ago(3 * DAY)),
    step: 'provisioned',
    undeclared: true,
    who: /platform team/,
    because: /--retire/,
  },
  {
    reason: 'it is locked, though the run of its removal failed',
    evidence: all(takenOut({ conclusion: 'failure' }), {
      audit: seen({ retired: row }),
    }),
    step: 'provisioned',
    undeclared: true,
  },
  {
    reason: 'its removal is reverted',
    evidence: all(takenOut({ conclusion: 'failure' }), {
      declared: seen(entry('active'), NOW + 1),
    }),
    step: 'provisioned',
  },
  {
    reason: 'it is requested again after it was taken out',
    evidence: all(
      { declared: seen(entry('active'), NOW - DAY) },
      {
        declared: seen<never>(null, NOW),
        audit: seen({ created: { at: ago(2 * DAY) } }),
      },
      claimed(HOUR / 2),
    ),
    step: 'requested',
    who: /^GitHub Actions/,
  },
  {
    reason: 'it came back after it was locked',
    evidence: all(
      { declared: seen(entry('active'), NOW - 5 * HOUR) },
      { declared: seen<never>(null, NOW - 2 * HOUR) },
      declared('active'),
      { audit: seen({ created: row, rotated: row, retired: row }) },
    ),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason: 'it came back after it was locked, and nothing unlocks it',
    evidence: all(
      { declared: seen(entry('active'), NOW - 5 * HOUR) },
      { declared: seen<never>(null, NOW - 3 * HOUR) },
      declared('active'),
      { audit: seen({ created: row, retired: row }) },
    ),
    step: 'merged',
    problem: /^stale Its role was locked at 2026-11-26T11:30/,
    who: /platform team/,
  },
  {
    reason: 'it came back, and was unlocked',
    evidence: all(
      { declared: seen(entry('active'), NOW - 5 * HOUR) },
      { declared: seen<never>(null, NOW - 2 * HOUR) },
      declared('active'),
      {
        audit: seen({
          created: { at: ago(20 * HOUR) },
          unlocked: row,
        }),
      },
    ),
    step: 'provisioned',
  },
  {
    reason: 'it was taken out and declared again on the day it was created',
    evidence: all(
      { declared: seen(entryOf(0), NOW - 5 * HOUR) },
      { declared: seen<never>(null, NOW - HOUR) },
      { declared: seen(entryOf(0)) },
      { audit: seen({ credentials: row, created: { at: ago(6 * HOUR) } }) },
    ),
    step: 'credentials',
    who: /^GitHub Actions/,
  },
  {
    reason: 'it was requested again on the day it was created',
    evidence: all(claimed(HOUR), merged(HOUR / 2), {
      declared: seen(entryOf(0)),
      audit: seen({ created: { at: ago(6 * HOUR) } }),
    }),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason:
      'an earlier database of the name was made, and a pull request is open',
    evidence: all(pull(), {
      proposed: seen(entry('pending')),
      audit: seen({ created: { at: ago(9 * DAY) } }),
    }),
    step: 'pull_request',
    who: /reviewer of payments/,
  },
  {
    reason: 'it was merged as active, and the audit has nothing',
    evidence: all(merged(HOUR), declared('active')),
    step: 'merged',
    who: /^GitHub Actions/,
  },
  {
    reason: 'only its branch declares it',
    evidence: all(pull(), { proposed: seen(entry('pending')) }),
    step: 'pull_request',
    who: /reviewer of payments/,
  },
];

describe('the status of a database', () => {
  it.each(rows)(
    '$step: $reason',
    ({ evidence, step, problem, who, undeclared, because, link }) => {
      const status = decideStatus(KEY, evidence, context)!;
      expect(() =>
        databaseStatusSchema.parse({ ...status, seenAt: ago(0) }),
      ).not.toThrow();
      expect(status.step).toBe(step);
      expect(status.undeclared).toBe(undeclared);
      const { kind, evidence: words } = status.problem ?? {};
      expect(status.problem ? `${kind} ${words}` : undefined).toEqual(
        problem ? expect.stringMatching(problem) : undefined,
      );
      expect(status.next?.who).toEqual(
        who ? expect.stringMatching(who) : undefined,
      );
      if (because) expect(status.next?.reason).toMatch(because);
      if (link) expect(status.links.map(({ title }) => title)).toContain(link);
    },
  );

  it('is none where nobody is known who asked', () => {
    expect(decideStatus(KEY, {}, context)).toBeUndefined();
    expect(decideStatus(KEY, pull(), context)).toBeUndefined();
  });

  it.each(rows)('says why each step is done: $reason', ({ evidence }) => {
    for (const step of decideStatus(KEY, evidence, context)!.steps)
      expect(Boolean(step.evidence)).toBe(
        ['done', 'failed'].includes(step.state),
      );
  });

  it.each(rows)(
    'offers the next environment once the database can be used: $reason',
    ({ evidence }) => {
      const status = decideStatus(KEY, evidence, context)!;
      const isInUse = status.steps.some(
        ({ name, state }) => name === 'provisioned' && state === 'done',
      );
      expect(status.nextEnvironment).toBe(
        isInUse && !status.undeclared ? 'test' : undefined,
      );
    },
  );

  const others = pull({ url: 'https://github.com/acme/infra/pull/6' });
  it.each([
    {
      reason: 'a task holds the name of a pull request by hand',
      owner: 'payments',
      evidence: all(claim, others, proposedBy('attackers')),
    },
    {
      reason: 'the task is done',
      owner: 'payments',
      evidence: all(done(claim, 5), pull(), proposedBy('attackers')),
    },
    {
      reason: 'the task is done with an earlier pull request',
      owner: 'orders',
      evidence: all(done(claim, 5), others, proposedBy('orders')),
    },
    {
      reason: 'the task ended, and another team opened a pull request',
      owner: 'orders',
      evidence: all(freed(claim), pull(), proposedBy('orders')),
    },
    {
      reason: 'the task ended, and the other pull request is closed',
      owner: 'payments',
      evidence: all(
        freed(claim),
        pull({ state: 'closed', closedAt: ago(0) }),
        proposedBy('orders'),
      ),
    },
    {
      reason: 'the other pull request is no more',
      owner: 'payments',
      evidence: all(freed(claim), proposedBy('orders')),
    },
    {
      reason: 'it is declared',
      owner: 'payments',
      evidence: all(declared('pending'), pull(), proposedBy('orders')),
    },
  ])("is $owner's: $reason", ({ owner, evidence }) => {
    const status = decideStatus(KEY, evidence, context)!;
    expect(status.ownerRef).toBe(`group:default/${owner}`);
    // Nothing of another team's task is shown.
    expect(JSON.stringify(status).includes('task t1')).toBe(
      owner === 'payments' && Boolean(evidence.claim),
    );
  });

  it.each([
    [true, 'Pull request #5 is approved and can be merged.'],
    [
      false,
      'Pull request #5 is approved; other requirements of the base branch are open.',
    ],
    [undefined, 'Pull request #5 is approved.'],
  ])('says whether it can be merged: %s', (isClean, reason) => {
    const evidence = all(claim, pull({ reviews: [approval], isClean }));
    expect(decideStatus(KEY, evidence, context)?.next?.reason).toBe(reason);
  });

  it('forgets what was taken out 30 days ago, locked or not', () => {
    const out = (at: number, audit: Evidence = {}) =>
      all(
        { declared: seen(entry('active'), NOW - 40 * DAY) },
        { declared: seen<never>(null, at) },
        // It is read again and again.
        { declared: seen<never>(null, NOW) },
        audit,
      );
    const isGone = (evidence: Evidence) =>
      isForgotten(decideStatus(KEY, evidence, context)!, evidence, NOW);
    expect(isGone(out(NOW - 29 * DAY))).toBe(false);
    expect(isGone(out(NOW - 31 * DAY))).toBe(true);
    expect(isGone(out(NOW - 31 * DAY, { audit: seen({ retired: row }) }))).toBe(
      false,
    );
  });

  it('names the later step that shows an earlier one', () => {
    const { steps } = decideStatus(KEY, declared('active'), context)!;
    expect(steps[4]).toMatchObject({
      name: 'credentials',
      state: 'done',
      evidence: `Shown by a later step. ${steps[5].evidence}`,
    });
  });

  /** In the order in which a request goes on. */
  const course = [
    claim,
    { requestRun: seen(run({})) },
    pull(),
    pull({ reviews: [approval] }),
    merged(HOUR),
    declared('pending'),
    { applyRun: seen(run({ id: 8, credentialsAt: ago(9000) })) },
    created,
    declared('active'),
    { audit: seen({ ...created.audit!.value!, rotated: row }) },
  ].map((evidence, n) =>
    Object.fromEntries(
      Object.entries(evidence).map(([part, reading]) => [
        part,
        { ...reading, readAt: NOW - 10_000 + n },
      ]),
    ),
  ) as Evidence[];
  const doneIn = (evidence: Evidence) =>
    decideStatus(KEY, evidence, context)?.steps.filter(
      ({ state }) => state === 'done',
    ).length ?? 0;

  it('never has fewer steps done with more evidence', () => {
    let known: Evidence = {};
    const counts = course.map(read => {
      known = mergeEvidence(known, read);
      return doneIn(known);
    });
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).toBe(STATUS_STEPS.length);
  });

  it('is the same in whatever order the evidence comes, and twice', () => {
    const expected = decideStatus(KEY, all(...course), context);
    // A fixed seed: the same orders every time.
    let seed = 1;
    const random = () =>
      (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let n = 0; n < 100; n += 1) {
      const order = [...course, ...course]
        .map(read => ({ read, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ read }) => read);
      expect(decideStatus(KEY, all(...order), context)).toEqual(expected);
    }
  });

  it('does no step without evidence, whatever is taken away', () => {
    const whole = all(...course);
    const parts = Object.keys(whole) as Array<keyof Evidence>;
    for (let mask = 0; mask < 2 ** parts.length; mask += 1) {
      const evidence = Object.fromEntries(
        parts.flatMap((part, n) =>
          mask & (2 ** n) ? [[part, whole[part]]] : [],
        ),
      ) as Evidence;
      const status = decideStatus(KEY, evidence, context);
      const isDone = (status?.steps ?? []).filter(
        ({ state }) => state === 'done',
      );
      const own = isDone.map(({ evidence: words }) =>
        words?.startsWith(INFERRED) ? undefined : words,
      );
      for (const [n, { name, evidence: words }] of isDone.entries()) {
        const proof = own.slice(n).find(one => one !== undefined);
        expect({ name, words }).toEqual({
          name,
          words: own[n] ?? `${INFERRED}${proof}`,
        });
        expect({ name, proof }).toEqual({
          name,
          proof: expect.stringMatching(/\w/),
        });
      }
      // What each step's own proof is made of.
      const needed: Record<StatusStep, ReadonlyArray<keyof Evidence>> = {
        requested: ['claim', 'declared', 'lastDeclared'],
        pull_request: ['pullRequest', 'claim'],
        approved: ['pullRequest'],
        merged: ['pullRequest', 'declared', 'lastDeclared'],
        credentials: ['audit', 'applyRun'],
        provisioned: ['audit', 'declared', 'lastDeclared'],
        rotated: ['audit'],
      };
      for (const [n, { name }] of isDone.entries())
        if (own[n])
          expect(needed[name].some(part => evidence[part])).toBe(true);
      if (!evidence.declared && !evidence.lastDeclared && !evidence.audit)
        expect(status?.step).not.toBe('provisioned');
    }
  });
});
