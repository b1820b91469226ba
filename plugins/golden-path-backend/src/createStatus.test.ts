import type { EventParams } from '@backstage/plugin-events-node';
import { requestId } from '@goldenpath/plugin-golden-path-common';
import {
  RateLimitError,
  RunDetails,
} from '@goldenpath/plugin-golden-path-node';
import { CLAIM_TOPIC } from './decide/readHint';
import { startSchemas } from './testing/databases';
import { CANARY } from './testing/fakeSources';
import { startWorld, World } from './testing/world';

const KEY = { environment: 'dev', databaseName: 'users_db' };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = Date.parse('2026-11-24T10:00:00Z');

const claim = (at: number) => ({
  readAt: at,
  value: {
    taskId: 't1',
    state: 'held' as const,
    createdAt: new Date(at).toISOString(),
    owner: 'payments',
    component: 'user-service',
    username: 'users_app',
    requestedBy: 'jane',
  },
});

const pullEvent = (action: string): EventParams => ({
  topic: 'github.pull_request',
  eventPayload: {
    action,
    repository: { html_url: 'https://github.com/acme/infra' },
    pull_request: {
      head: {
        ref: 'database/dev/users_db',
        repo: { full_name: 'acme/infra' },
      },
      // What an event says of the state is never taken.
      merged: true,
      state: 'closed',
    },
  },
});

let postgres: Awaited<ReturnType<typeof startSchemas>>;
beforeAll(async () => {
  postgres = await startSchemas();
});
afterAll(() => postgres.stop());

const start = (replicas?: number) => startWorld(postgres, START, replicas);

/** The whole course of a request. After each step, `tell` sends the events, and `settle` lets the status catch up. */
const runCourse = async (
  { sources, pass, now }: World,
  tell: (action: string) => Promise<unknown>,
  settle: () => Promise<unknown>,
) => {
  const steps: Array<[string, () => void]> = [
    ['claim', () => sources.claims.set(requestId(KEY), claim(now()))],
    ['opened', () => sources.openPull(KEY)],
    ['submitted', () => sources.approve(sources.pulls[0])],
    ['closed', () => sources.merge(sources.pulls[0], KEY)],
    [
      'push',
      () => {
        sources.record(KEY, 'create_role');
        sources.record(KEY, 'create_database');
        sources.declare(KEY, 'active');
      },
    ],
    ['rotated', () => sources.record(KEY, 'rotate_password')],
  ];
  for (const [action, act] of steps) {
    await pass(2 * MINUTE);
    act();
    await tell(action);
    await settle();
  }
};
const COURSE = [
  'requested',
  'pull_request',
  'approved',
  'merged',
  'credentials',
  'provisioned',
  'rotated',
];

describe('the status follows its sources', () => {
  it('without any event: within a minute after each step', async () => {
    const world = await start();
    await world.one.refresh();
    const seen: Array<string | undefined> = [];
    await runCourse(
      world,
      async () => {},
      async () => {
        await world.pass(30 * SECOND);
        await world.one.refresh();
        await world.pass(20 * SECOND);
        seen.push((await world.stateOf(KEY))?.step);
      },
    );
    expect(seen).toEqual([
      'requested',
      'pull_request',
      'approved',
      'merged',
      'provisioned',
      'rotated',
    ]);
    expect(await world.transitions()).toEqual(COURSE);
  });

  it('with events doubled and out of order: the same, and one look in ten seconds', async () => {
    const world = await start(2);
    const [one, two] = world.all;
    await one.refresh();
    await runCourse(
      world,
      async () => {
        const events = ['closed', 'opened', 'submitted', 'opened', 'closed'];
        await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            [one, two][n % 2].send(pullEvent(events[n % events.length])),
          ),
        );
      },
      async () => {
        await world.pass(30 * SECOND);
        await Promise.all([one.refresh(), two.refresh()]);
      },
    );
    expect((await world.stateOf(KEY))?.step).toBe('rotated');
    expect((await world.transitions()).sort()).toEqual([...COURSE].sort());
    const times = world.looks().map(({ at }) => at);
    const gaps = times.slice(1).map((at, n) => at - times[n]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10 * SECOND);
    expect(times.length).toBeGreaterThan(4);
  });

  it('looks at once after an event, and once more for those that came too early', async () => {
    const world = await start();
    world.sources.claims.set(requestId(KEY), claim(START));
    await world.one.refresh();
    await world.pass(MINUTE);
    const before = world.looks().length;
    world.sources.openPull(KEY);
    await world.one.send(pullEvent('opened'));
    expect((await world.stateOf(KEY))?.step).toBe('pull_request');
    world.sources.approve(world.sources.pulls[0]);
    for (let n = 0; n < 100; n += 1)
      await world.one.send(pullEvent('submitted'));
    expect((await world.stateOf(KEY))?.step).toBe('pull_request');
    await world.pass(10 * SECOND);
    expect((await world.stateOf(KEY))?.step).toBe('approved');
    expect(world.looks()).toHaveLength(before + 2);
  });

  it.each([
    {
      reason: 'another repository',
      event: {
        ...pullEvent('opened'),
        eventPayload: {
          ...(pullEvent('opened').eventPayload as object),
          repository: { html_url: 'https://github.com/evil/infra' },
        },
      },
    },
    {
      reason: 'a fork',
      event: {
        topic: 'github.pull_request',
        eventPayload: {
          repository: { html_url: 'https://github.com/acme/infra' },
          pull_request: {
            head: {
              ref: 'database/dev/users_db',
              repo: { full_name: 'evil/infra' },
            },
          },
        },
      },
    },
    {
      reason: 'another branch',
      event: {
        topic: 'github.push',
        eventPayload: {
          ref: 'refs/heads/database/audit/dev',
          repository: { html_url: 'https://github.com/acme/infra' },
        },
      },
    },
    { reason: 'no object', event: { topic: 'github.push', eventPayload: 'x' } },
    {
      reason: 'another issue',
      event: {
        topic: 'github.issues',
        eventPayload: {
          repository: { html_url: 'https://github.com/acme/infra' },
          issue: { labels: [null, { name: 'bug' }] },
        },
      },
    },
  ])('asks nothing for an event of $reason', async ({ event }) => {
    const world = await start();
    await world.one.send(event);
    expect(world.sources.calls).toEqual([]);
    expect(world.one.refreshesAsked()).toBe(0);
  });

  const repository = { html_url: 'https://github.com/acme/infra' };
  const push = {
    topic: 'github.push',
    eventPayload: { repository, ref: 'refs/heads/main' },
  };

  it.each([
    { reason: 'a claim', event: { topic: CLAIM_TOPIC, eventPayload: {} } },
    { reason: 'a push to main', event: push },
    {
      reason: 'a drift issue',
      event: {
        topic: 'github.issues',
        eventPayload: {
          repository,
          issue: { labels: [{ name: 'rds-drift' }] },
        },
      },
    },
    {
      reason: 'a run of a merge',
      event: {
        topic: 'github.workflow_run',
        eventPayload: { repository, workflow_run: { event: 'push' } },
      },
    },
  ])('refreshes at once for $reason', async ({ event }) => {
    const { one } = await start();
    await one.send(event);
    expect(one.refreshesAsked()).toBe(1);
  });

  it('refreshes at most every ten seconds for events, and loses no last one', async () => {
    const { one, pass } = await start();
    for (let n = 0; n < 100; n += 1) await one.send(push);
    expect(one.refreshesAsked()).toBe(1);
    await pass(9 * SECOND);
    await one.send(push);
    expect(one.refreshesAsked()).toBe(1);
    await pass(SECOND);
    expect(one.refreshesAsked()).toBe(2);
    await one.send(push);
    expect(one.refreshesAsked()).toBe(2);
    await pass(10 * SECOND);
    expect(one.refreshesAsked()).toBe(3);
    await pass(MINUTE);
    expect(one.refreshesAsked()).toBe(3);
    await one.send(push);
    expect(one.refreshesAsked()).toBe(4);
  });

  it('starts no refresh after it was stopped', async () => {
    const { one, pass } = await start();
    await one.send(push);
    await one.send(push);
    one.stop();
    await pass(MINUTE);
    expect(one.refreshesAsked()).toBe(1);
  });

  it('keeps what a failed source said, and goes on with the others', async () => {
    const world = await start();
    const { sources, one } = world;
    sources.claims.set(requestId(KEY), claim(START));
    await one.refresh();
    await world.pass(MINUTE);
    sources.record(KEY, 'create_database');
    sources.declare(KEY, 'active');
    sources.fault = { of: /^claims|^openIssues/, error: new Error('down') };
    await one.refresh();
    await one.refresh();
    expect((await world.stateOf(KEY))?.step).toBe('provisioned');
    expect(world.warnings).toHaveLength(3);
    sources.fault = { of: /^read/, error: new Error('down') };
    sources.databases.clear();
    await world.pass(MINUTE);
    await one.refresh();
    expect((await world.stateOf(KEY))?.undeclared).toBeUndefined();
    sources.fault = undefined;
    await one.refresh();
    expect((await world.stateOf(KEY))?.undeclared).toBe(true);
  });

  it('asks nothing while a rate limit lasts', async () => {
    const world = await start();
    const { sources, one } = world;
    sources.claims.set(requestId(KEY), claim(START));
    sources.fault = {
      of: /PullRequest/,
      error: new RateLimitError('limited', 3 * MINUTE),
    };
    await one.refresh();
    const asked = () =>
      sources.calls.filter(({ call }) => /PullRequest/.test(call)).length;
    const before = asked();
    await world.pass(2 * MINUTE);
    await one.refresh();
    await one.send(pullEvent('opened'));
    expect(asked()).toBe(before);
    sources.fault = undefined;
    await world.pass(2 * MINUTE);
    await one.refresh();
    expect(asked()).toBeGreaterThan(before);
  });

  it('tells a drift, and that it is gone', async () => {
    const world = await start();
    world.sources.declare(KEY, 'active');
    await world.one.refresh();
    expect(await world.transitions()).toEqual([]);
    await world.pass(MINUTE);
    world.sources.issues = [
      {
        number: 3,
        url: 'https://github.com/acme/infra/issues/3',
        title: 'RDS drift in dev',
        body: `found\n\`\`\`text\n+ users_db (users_app)\n+ other_db (x)\nusers_db  drifted       1 change\n\`\`\`\n${CANARY}`,
        labels: ['rds-drift', 'dev'],
        author: 'github-actions[bot]',
        createdAt: world.sources.time,
      },
    ];
    await world.one.refresh();
    expect((await world.stateOf(KEY))?.problem?.kind).toBe('drifted');
    await world.pass(MINUTE);
    world.sources.issues = [];
    await world.one.refresh();
    expect((await world.stateOf(KEY))?.problem).toBeUndefined();
    expect(await world.transitions()).toEqual(['drifted', 'resolved']);
  });

  it('shows a removal from its pull request to its end, and a run of it that failed', async () => {
    const world = await start();
    const { sources, one, pass } = world;
    const step = async () => {
      await pass(30 * SECOND);
      await one.refresh();
    };
    sources.declare(KEY, 'active');
    await one.refresh();
    await step();
    await step();
    expect(world.looks()).toEqual([]);

    const removal = sources.openRemoval(KEY);
    await step();
    expect((await world.stateOf(KEY))?.next?.reason).toMatch(
      /^Pull request #1 takes it out/,
    );

    sources.mergeRemoval(removal, KEY);
    const run: RunDetails = {
      id: 11,
      url: 'https://github.com/acme/infra/actions/runs/11',
      path: '.github/workflows/rds-database-apply.yml',
      startedAt: sources.time,
      updatedAt: sources.time,
      status: 'in_progress',
      conclusion: undefined,
    };
    sources.runs.set('commit-1', [run]);
    await step();
    expect(await world.stateOf(KEY)).toMatchObject({
      undeclared: true,
      next: { reason: 'The removal is being applied.' },
    });

    Object.assign(run, { status: 'completed', conclusion: 'failure' });
    await step();
    expect(await world.stateOf(KEY)).toMatchObject({
      undeclared: true,
      problem: { kind: 'failed', url: run.url },
      next: { who: 'the platform team (platform-team)' },
    });

    run.conclusion = 'success';
    await step();
    const applied = await world.stateOf(KEY);
    expect(applied?.problem).toBeUndefined();
    expect(applied?.next?.reason).toContain('--retire');
    expect(await world.transitions()).toEqual([
      'removal_requested',
      'failed',
      'resolved',
    ]);

    sources.record(KEY, 'retire');
    await step();
    const looks = world.looks().length;
    await step();
    expect(world.looks()).toHaveLength(looks);
    expect((await world.stateOf(KEY))?.next).toBeUndefined();
  });

  it('tells no conflict that is resolved soon, and one that stays once', async () => {
    const world = await start();
    const { sources, one, pass } = world;
    await one.refresh();
    sources.claims.set(requestId(KEY), claim(START));
    const pull = sources.openPull(KEY);
    const forMinutes = async (minutes: number) => {
      for (let n = 0; n < 2 * minutes; n += 1) {
        await pass(30 * SECOND);
        await one.refresh();
      }
    };
    const change = (hasConflict: boolean) => {
      pull.updatedAt = sources.time;
      if (hasConflict) sources.conflicts.add(pull.number);
      else sources.conflicts.clear();
    };
    await forMinutes(1);
    for (const hasConflict of [true, false, true]) {
      change(hasConflict);
      await forMinutes(9);
    }
    expect((await world.stateOf(KEY))?.problem).toBeUndefined();
    await forMinutes(3);
    expect((await world.stateOf(KEY))?.problem?.kind).toBe('stale');
    change(false);
    await forMinutes(1);
    expect((await world.stateOf(KEY))?.problem).toBeUndefined();
    expect(await world.transitions()).toEqual([
      'requested',
      'pull_request',
      'stale',
      'resolved',
    ]);
  });

  it('tells a pull request only once GitHub shows it', async () => {
    const world = await start();
    const { sources, one } = world;
    await one.refresh();
    sources.fault = { of: /PullRequest/, error: new Error('down') };
    const claimed = claim(world.now());
    sources.claims.set(requestId(KEY), {
      ...claimed,
      value: {
        ...claimed.value,
        pullRequestUrl: 'https://github.com/acme/infra/pull/1',
      },
    });
    await world.pass(30 * SECOND);
    await one.refresh();
    expect((await world.stateOf(KEY))?.step).toBe('pull_request');
    expect(await world.transitions()).toEqual(['requested']);
    sources.fault = undefined;
    sources.openPull(KEY);
    await world.pass(30 * SECOND);
    await one.refresh();
    expect(await world.transitions()).toEqual(['requested', 'pull_request']);
  });

  it('tells a failed run, and its failed second attempt', async () => {
    const world = await start();
    const { sources, one } = world;
    const step = async (act: () => void) => {
      await world.pass(MINUTE);
      act();
      await one.refresh();
    };
    const run = {
      id: 8,
      url: 'https://github.com/acme/infra/actions/runs/8',
      path: '.github/workflows/rds-database-apply.yml',
    };
    const attempt = (conclusion: string | undefined) =>
      sources.runs.set('commit-1', [
        {
          ...run,
          startedAt: sources.time,
          updatedAt: sources.time,
          status: conclusion ? 'completed' : 'in_progress',
          conclusion,
        },
      ]);
    await one.refresh();
    await step(() => sources.openPull(KEY));
    await step(() => sources.merge(sources.pulls[0], KEY));
    await step(() => attempt('failure'));
    await step(() => {});
    await step(() => attempt(undefined));
    await step(() => attempt('failure'));
    const told = await world.transitions();
    expect(told.filter(kind => kind === 'failed')).toHaveLength(2);
    expect(told.filter(kind => kind === 'resolved')).toHaveLength(1);
  });

  it('forgets what happened 90 days ago', async () => {
    const world = await start();
    const rows = () => world.one.client('goldenpath_transitions');
    await world.one.refresh();
    world.sources.declare(KEY, 'active');
    await world.one.refresh();
    expect(await rows()).not.toEqual([]);
    await world.pass(91 * 24 * 60 * MINUTE);
    await world.one.refresh();
    expect(await rows()).toEqual([]);
  });

  it('keeps no secret and no text that it need not', async () => {
    const world = await start();
    await world.one.refresh();
    await runCourse(
      world,
      async () => {},
      async () => {
        await world.pass(30 * SECOND);
        await world.one.refresh();
      },
    );
    world.sources.record(KEY, 'rotate_password', {
      status: 'failed',
      message: `could not log in to postgres://app:${CANARY}@db/x: PASSWORD '${CANARY}' ${'. '.repeat(
        150,
      )}${CANARY}`,
    });
    await world.pass(MINUTE);
    await world.one.refresh();
    expect((await world.stateOf(KEY))?.problem?.evidence).toMatch(
      /^The audit says: rotate_password failed: could not log in to postgres:\/\/\*\*\*@db\/x: PASSWORD \*\*\* \. /,
    );
    for (const table of ['databases', 'transitions', 'sources', 'looks']) {
      const rows = await world.one.client(`goldenpath_${table}`);
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain(CANARY);
    }
  });
});

describe('a replica that is killed in a refresh', () => {
  it.each([1, 3, 6, 9, 12])(
    'after %d writes: the other one tells everything once',
    async writes => {
      const world = await start(2);
      const [one, two] = world.all;
      await one.refresh();
      await world.pass(MINUTE);
      const keys = Array.from({ length: 6 }, (_, n) => ({
        environment: 'dev',
        databaseName: `d${n}_db`,
      }));
      for (const key of keys) world.sources.declare(key, 'active');
      let seen = 0;
      one.client.on('query', ({ sql }: { sql: string }) => {
        if (/^(insert|update)/.test(sql)) seen += 1;
        if (seen > writes) throw new Error('killed');
      });
      await expect(one.refresh()).rejects.toThrow();
      // As when its process ends: the server gives up what it had begun.
      await two.client.raw(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
      );
      await two.refresh();
      const { total } = await two.store.list({ limit: 1 });
      expect(total).toBe(6);
      const taken = await two.store.takeTransitions({
        limit: 1000,
        leaseMs: MINUTE,
        now: world.now(),
      });
      expect(
        taken
          .filter(({ kind }) => kind === 'provisioned')
          .map(({ requestId: id }) => id)
          .sort(),
      ).toEqual(keys.map(requestId));
      expect(new Set(taken.map(({ key }) => key)).size).toBe(taken.length);
    },
  );
});
