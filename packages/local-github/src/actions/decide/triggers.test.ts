import { EventFacts, isTriggered, skipsRuns } from './triggers';
import { TemplateMap } from './template';

const push = (
  change: Partial<EventFacts> & { files?: string[] } = {},
): EventFacts => ({
  name: 'push',
  ref: 'refs/heads/main',
  changedFiles: async () => change.files ?? [],
  ...change,
});
const pullRequest = (
  change: Partial<EventFacts> & { files?: string[] } = {},
): EventFacts => ({
  ...push({
    name: 'pull_request',
    ref: 'refs/pull/1/merge',
    action: 'opened',
    baseBranch: 'main',
  }),
  changedFiles: async () => change.files ?? [],
  ...change,
});

describe('isTriggered', () => {
  const rows: Array<{
    on: Record<string, TemplateMap>;
    facts: EventFacts;
    triggered: boolean;
    reason: string;
  }> = [
    { on: { push: {} }, facts: push(), triggered: true, reason: 'no filter' },
    {
      on: { pull_request: {} },
      facts: push(),
      triggered: false,
      reason: 'another event',
    },
    {
      on: { push: { branches: ['main'] } },
      facts: push(),
      triggered: true,
      reason: 'the branch',
    },
    {
      on: { push: { branches: 'main' } },
      facts: push(),
      triggered: true,
      reason: 'one branch without a list',
    },
    {
      on: { push: { branches: ['release/*'] } },
      facts: push(),
      triggered: false,
      reason: 'another branch',
    },
    {
      on: { push: { 'branches-ignore': ['main'] } },
      facts: push(),
      triggered: false,
      reason: 'an ignored branch',
    },
    {
      on: { push: { 'branches-ignore': ['x'] } },
      facts: push(),
      triggered: true,
      reason: 'a branch not ignored',
    },
    {
      on: { push: { tags: ['v*'] } },
      facts: push(),
      triggered: false,
      reason: 'only tags are asked for',
    },
    {
      on: { push: { tags: ['v*'] } },
      facts: push({ ref: 'refs/tags/v1' }),
      triggered: true,
      reason: 'the tag',
    },
    {
      on: { push: { branches: ['**'] } },
      facts: push({ ref: 'refs/tags/v1' }),
      triggered: false,
      reason: 'only branches are asked for',
    },
    {
      on: { push: { paths: ['envs/**'] } },
      facts: push({ files: ['README.md', 'envs/a'] }),
      triggered: true,
      reason: 'one file is enough',
    },
    {
      on: { push: { paths: ['envs/**'] } },
      facts: push({ files: ['README.md'] }),
      triggered: false,
      reason: 'no file matches',
    },
    {
      on: { push: { 'paths-ignore': ['docs/**'] } },
      facts: push({ files: ['docs/a', 'x'] }),
      triggered: true,
      reason: 'one file is not ignored',
    },
    {
      on: { push: { 'paths-ignore': ['docs/**'] } },
      facts: push({ files: ['docs/a'] }),
      triggered: false,
      reason: 'all are ignored',
    },
    {
      on: { push: { branches: ['x'], paths: ['**'] } },
      facts: push({ files: ['a'] }),
      triggered: false,
      reason: 'both filters must agree',
    },
    {
      on: { pull_request: {} },
      facts: pullRequest(),
      triggered: true,
      reason: 'opened is a default type',
    },
    {
      on: { pull_request: {} },
      facts: pullRequest({ action: 'labeled' }),
      triggered: false,
      reason: 'labeled is no default type',
    },
    {
      on: { pull_request: {} },
      facts: pullRequest({ action: 'synchronize' }),
      triggered: true,
      reason: 'synchronize is a default type',
    },
    {
      on: { pull_request: { types: ['labeled'] } },
      facts: pullRequest({ action: 'labeled' }),
      triggered: true,
      reason: 'a type asked for',
    },
    {
      on: { pull_request: { types: ['labeled'] } },
      facts: pullRequest(),
      triggered: false,
      reason: 'a type not asked for',
    },
    {
      on: { pull_request: { branches: ['main'] } },
      facts: pullRequest(),
      triggered: true,
      reason: 'branches means the base',
    },
    {
      on: { pull_request: { branches: ['main'] } },
      facts: pullRequest({ baseBranch: 'x' }),
      triggered: false,
      reason: 'another base',
    },
    {
      on: { pull_request: { paths: ['envs/**'] } },
      facts: pullRequest({ files: ['a'] }),
      triggered: false,
      reason: 'paths count for pull requests too',
    },
    {
      on: { workflow_dispatch: {} },
      facts: push({ name: 'workflow_dispatch' }),
      triggered: true,
      reason: 'a dispatch',
    },
  ];
  it.each(rows)('$triggered: $reason', async ({ on, facts, triggered }) => {
    expect(await isTriggered(on, facts)).toBe(triggered);
  });
});

describe('skipsRuns', () => {
  it.each([
    { message: 'Audit [skip ci]', skips: true, reason: 'in the title' },
    { message: 'Audit\n\n[no ci]', skips: true, reason: 'in the body' },
    {
      message: 'Audit\n\n\nskip-checks: true',
      skips: true,
      reason: 'as a trailer',
    },
    {
      message: 'Explain skip ci',
      skips: false,
      reason: 'without brackets it is prose',
    },
  ])('$message: $reason', ({ message, skips }) => {
    expect(skipsRuns(message)).toBe(skips);
  });
});
