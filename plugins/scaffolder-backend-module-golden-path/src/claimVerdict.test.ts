import { DatabaseRequest } from '@goldenpath/plugin-golden-path-common';
import { exampleRequest } from './actions/exampleRequest';
import { Claim } from './claims';
import {
  ClaimFacts,
  ClaimVerdict,
  explainContinue,
  judgeClaim,
} from './claimVerdict';
import { TaskLife } from './taskLife';

const request = exampleRequest as DatabaseRequest;
const running = { url: 'run', isCompleted: false, conclusion: undefined };
const ended = (conclusion: string) => ({
  url: 'run',
  isCompleted: true,
  conclusion,
});
const open = { url: 'pull', isOpen: true, isMerged: false };
const closed = { ...open, isOpen: false };
const merged = { ...closed, isMerged: true };
const over: TaskLife = { state: 'over' };
const silent: TaskLife = {
  state: 'silent',
  lastSeen: new Date('2026-11-26T10:00:00Z'),
};

const judge = (
  facts: Partial<ClaimFacts> & { of?: Partial<Claim> },
  asked = request,
) =>
  judgeClaim(
    {
      task: { state: 'unknown' },
      run: undefined,
      pullRequest: undefined,
      ...facts,
      claim: {
        requestId: 'dev-users_db',
        repo: 'github.com/acme/user-service',
        taskId: 't1',
        state: 'held',
        repoState: 'none',
        runId: undefined,
        startedBy: 't1',
        runBy: 't1',
        createdAt: new Date(0),
        request,
        pullRequestUrl: undefined,
        ...facts.of,
      },
    },
    asked,
  );

describe('judgeClaim, of a form that asks for something else', () => {
  const rows: Array<Partial<ClaimFacts> & { held: boolean; reason: string }> = [
    { held: true, reason: 'its task is at work' },
    {
      task: { state: 'working' },
      held: true,
      reason: 'its task is at work, surely',
    },
    { task: over, held: false, reason: 'its task ended before it sent' },
    { task: silent, held: false, reason: 'its task died before it sent' },
    { run: running, held: true, reason: 'its run is under way' },
    {
      run: running,
      task: over,
      held: true,
      reason: 'its run continues after the task',
    },
    { run: running, task: silent, held: true, reason: 'and after its death' },
    { run: ended('failure'), held: false, reason: 'its run failed' },
    { run: ended('cancelled'), held: false, reason: 'its run was cancelled' },
    {
      run: ended('success'),
      task: { state: 'working' },
      held: true,
      reason: 'its task still has to find the pull request',
    },
    {
      run: ended('success'),
      task: over,
      held: false,
      reason: 'its run opened no pull request',
    },
    {
      run: ended('success'),
      pullRequest: open,
      task: over,
      held: true,
      reason: 'its pull request is open',
    },
    {
      run: ended('success'),
      pullRequest: closed,
      held: false,
      reason: 'its pull request was closed unmerged',
    },
    {
      run: ended('success'),
      pullRequest: merged,
      held: false,
      reason: 'merged: the infra repo declares the database',
    },
  ];
  it.each(rows)('$held: $reason', ({ held, reason: _, ...facts }) => {
    const verdict = judge(facts, { ...request, username: 'somebody' });
    expect(verdict.kind).toBe(held ? 'held' : 'stale');
    if (verdict.kind === 'held') expect(verdict.reason).toContain('t1');
  });

  it('says what differs, and that Retry works no more', () => {
    const asked = { ...request, username: 'somebody', size: 'large' as const };
    expect(judge({ task: silent, run: running }, asked)).toEqual({
      kind: 'held',
      reason:
        "task t1 requested it, and its workflow run run is in progress. That task shows no sign of life since 2026-11-26T10:00:00.000Z: its backend was stopped, and Retry does not work on it. To continue it, fill in the form with that task's values (different here: username, size)",
    });
    expect(
      judge({ task: over, run: running, of: { request: undefined } }, asked),
    ).toMatchObject({
      reason: expect.stringMatching(/press Retry there, or ask the platform/),
    });
  });
});

describe('judgeClaim, of a form that asks for the same', () => {
  const goesOn: ClaimVerdict = { kind: 'continue', needsNewRun: false };
  const withNewRun: ClaimVerdict = { kind: 'continue', needsNewRun: true };
  const repo = { repoState: 'created' } as const;
  const rows: Array<{
    facts: Parameters<typeof judge>[0];
    verdict: ClaimVerdict | string;
    reason: string;
  }> = [
    { facts: {}, verdict: 'held', reason: 'nobody knows of its task' },
    {
      facts: { task: { state: 'working' }, run: running, of: repo },
      verdict: 'held',
      reason: 'its task is at work: the second of two forms',
    },
    {
      facts: {
        task: { state: 'completed' },
        run: ended('success'),
        pullRequest: open,
        of: repo,
      },
      verdict: 'held',
      reason: 'it is completed',
    },
    {
      facts: { task: silent },
      verdict: 'stale',
      reason: 'it died before it began anything',
    },
    {
      facts: { task: silent, run: running },
      verdict: goesOn,
      reason: 'it died, and its run is in progress',
    },
    {
      facts: { task: silent, of: { repoState: 'creating' } },
      verdict: goesOn,
      reason: 'it died while it created the repository',
    },
    {
      facts: { task: silent, run: ended('success'), pullRequest: open },
      verdict: goesOn,
      reason: 'it died, and its pull request is open',
    },
    {
      facts: {
        task: silent,
        run: ended('success'),
        pullRequest: merged,
        of: repo,
      },
      verdict: goesOn,
      reason: 'it died with a repository, and its pull request is merged',
    },
    {
      facts: { task: over, run: ended('success'), pullRequest: open, of: repo },
      verdict: goesOn,
      reason: 'it failed or was cancelled after its run',
    },
    {
      facts: {
        task: over,
        run: ended('failure'),
        of: { ...repo, state: 'freed' },
      },
      verdict: withNewRun,
      reason: 'its run failed: start over sends a new one',
    },
    {
      facts: { task: over, run: ended('success'), of: repo },
      verdict: withNewRun,
      reason: 'its run opened no pull request',
    },
    {
      facts: {
        task: over,
        run: ended('success'),
        pullRequest: closed,
        of: repo,
      },
      verdict: withNewRun,
      reason: 'its pull request was closed',
    },
    {
      facts: { task: over, run: ended('failure'), of: { state: 'freed' } },
      verdict: 'stale',
      reason: 'its run failed, and it had no repository',
    },
    {
      facts: { task: over, run: running, of: { request: undefined } },
      verdict: 'held',
      reason: 'the claim does not tell what it asked for',
    },
  ];
  it.each(rows)('$reason', ({ facts, verdict }) => {
    const judged = judge(facts, { ...request, requestedBy: 'somebody' });
    if (typeof verdict === 'string') expect(judged.kind).toBe(verdict);
    else expect(judged).toEqual(verdict);
  });
});

describe('explainContinue', () => {
  it.each([
    {
      differences: ['size'],
      says: /that task's values \(different here: size\)$/,
    },
    { differences: [], says: /that task's values$/ },
    { differences: undefined, says: /ask the platform team$/ },
  ])('with differences $differences', ({ differences, says }) => {
    expect(explainContinue({ task: over }, differences)).toMatch(says);
  });
});
