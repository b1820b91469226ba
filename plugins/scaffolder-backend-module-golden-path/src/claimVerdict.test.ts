import { ClaimFacts, explainHold } from './claimVerdict';

const running = { url: 'run', isCompleted: false, conclusion: undefined };
const ended = (conclusion: string) => ({
  url: 'run',
  isCompleted: true,
  conclusion,
});
const open = { url: 'pull', isOpen: true, isMerged: false };

describe('explainHold', () => {
  const rows: Array<Partial<ClaimFacts> & { held: boolean; reason: string }> = [
    { held: true, reason: 'its task is at work' },
    { isTaskOver: false, held: true, reason: 'its task is at work, surely' },
    { isTaskOver: true, held: false, reason: 'its task ended before it sent' },
    { run: running, held: true, reason: 'its run is under way' },
    {
      run: running,
      isTaskOver: true,
      held: true,
      reason: 'its run continues after the task',
    },
    { run: ended('failure'), held: false, reason: 'its run failed' },
    { run: ended('cancelled'), held: false, reason: 'its run was cancelled' },
    {
      run: ended('success'),
      isTaskOver: false,
      held: true,
      reason: 'its task still has to find the pull request',
    },
    {
      run: ended('success'),
      isTaskOver: true,
      held: false,
      reason: 'its run opened no pull request',
    },
    {
      run: ended('success'),
      pullRequest: open,
      isTaskOver: true,
      held: true,
      reason: 'its pull request is open',
    },
    {
      run: ended('success'),
      pullRequest: { ...open, isOpen: false },
      held: false,
      reason: 'its pull request was closed unmerged',
    },
    {
      run: ended('success'),
      pullRequest: { ...open, isOpen: false, isMerged: true },
      held: false,
      reason: 'merged: the infra repo declares the database',
    },
  ];
  it.each(rows)('$held: $reason', ({ held, reason: _, ...facts }) => {
    const because = explainHold({
      taskId: 't1',
      isTaskOver: undefined,
      run: undefined,
      pullRequest: undefined,
      ...facts,
    });
    expect(because !== undefined).toBe(held);
    if (held) expect(because).toContain('t1');
  });
});
