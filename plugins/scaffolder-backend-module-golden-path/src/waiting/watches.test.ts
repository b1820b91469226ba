import {
  PullRequestReader,
  PullRequestSummary,
  WorkflowRun,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';
import { createWatches } from './watches';

const infra = {
  owner: 'acme',
  repo: 'infra',
  workflow: 'request.yml',
  baseBranch: 'main',
};

describe('createWatches', () => {
  let now: number;
  let calls: string[];
  let runs: Map<number, WorkflowRun>;
  let pulls: Map<number, PullRequestSummary>;
  let watches: ReturnType<typeof createWatches>;

  beforeEach(() => {
    now = 0;
    calls = [];
    runs = new Map();
    pulls = new Map();
    watches = createWatches(5_000, () => now);
  });
  const addRun = (id: number, isCompleted = false) =>
    runs.set(id, {
      id,
      url: `run/${id}`,
      title: '',
      isCompleted,
      conclusion: isCompleted ? 'success' : undefined,
      attempt: 1,
      path: '',
    });
  const addPull = (number: number, isOpen: boolean) =>
    pulls.set(number, {
      number,
      url: `pull/${number}`,
      isOpen,
      isMerged: !isOpen,
      body: '',
      mergeCommit: undefined,
    });
  const workflowRuns: Pick<WorkflowRuns, 'latest' | 'get'> = {
    latest: async () => {
      calls.push('list');
      return [...runs.values()].slice(-100);
    },
    get: async (_repo, id) => {
      calls.push(`get ${id}`);
      return runs.get(id);
    },
  };
  const pullRequests: Pick<PullRequestReader, 'listOpen' | 'get'> = {
    listOpen: async () => {
      calls.push('list');
      return [...pulls.values()]
        .filter(pull => pull.isOpen)
        .map(({ number }) => ({ number, branch: '', createdAt: new Date(0) }));
    },
    get: async (_repo, number) => {
      calls.push(`get ${number}`);
      return pulls.get(number)!;
    },
  };
  const read = (...ids: number[]) =>
    Promise.all(ids.map(id => watches.run(workflowRuns, infra, id)));

  it('reads a single run alone', async () => {
    addRun(1);
    await read(1);
    now += 5_000;
    await read(1);
    expect(calls).toEqual(['get 1', 'get 1']);
  });

  it('reads a hundred runs with one call in an interval', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => i + 1);
    for (const id of ids) addRun(id);
    await read(...ids);
    // The first one was alone when it asked.
    expect(calls).toEqual(['get 1', 'list']);
    for (now = 1_000; now < 5_000; now += 1_000) {
      const found = await read(...ids);
      expect(found.map(run => run?.id)).toEqual(ids);
    }
    expect(calls).toHaveLength(2);
    await read(...ids);
    expect(calls).toEqual(['get 1', 'list', 'list']);
  });

  it('reads a completed run, and one that is not listed, alone', async () => {
    addRun(1);
    for (let id = 2; id <= 103; id++) addRun(id, id === 50);
    await read(2, 1, 50, 103);
    expect(calls).toEqual(['get 2', 'list', 'get 1', 'get 50']);
    expect(await read(999)).toEqual([undefined]);
  });

  it('forgets who waits no more', async () => {
    addRun(1);
    addRun(2);
    await read(1, 2);
    watches.forget(2);
    now += 5_000;
    await read(1);
    expect(calls.at(-1)).toBe('get 1');
    await read(2, 1);
    expect(calls.at(-1)).toBe('list');
    now += 80_000;
    await read(1);
    expect(calls.at(-1)).toBe('get 1');
  });

  it('keeps nothing of a list that failed', async () => {
    addRun(1);
    addRun(2);
    const failing = {
      ...workflowRuns,
      latest: async () => {
        throw new Error('502');
      },
    };
    await read(1);
    await expect(watches.run(failing, infra, 2)).rejects.toThrow('502');
    expect(await read(2)).toMatchObject([{ id: 2 }]);
  });

  it('reads a hundred open pull requests with one call, and an ended one alone', async () => {
    for (let number = 1; number <= 99; number++) addPull(number, true);
    addPull(100, false);
    const ended = await Promise.all(
      [...pulls.keys()].map(number =>
        watches.endedPull(pullRequests, infra, number),
      ),
    );
    expect(ended.filter(Boolean)).toMatchObject([{ number: 100 }]);
    expect(calls).toEqual(['list', 'get 100']);
  });

  describe('the catalog', () => {
    const ask = (since: number, catalog: string) =>
      watches.catalog('main', since, async () => {
        calls.push(catalog);
        return catalog;
      });

    it('is read once in an interval for all that wait', async () => {
      for (now = 1; now < 5_000; now += 1_000)
        expect(await ask(0, `at ${now}`)).toBe('at 1');
      now = 5_001;
      expect(await ask(0, 'later')).toBe('later');
      expect(calls).toEqual(['at 1', 'later']);
    });

    it.each([
      { reason: 'before the merge that the task has just seen', since: 10 },
      { reason: 'in the moment in which Retry was pressed', since: 1 },
    ])('is read again if it was read $reason', async ({ since }) => {
      now = 1;
      await ask(0, 'of another task');
      now = since;
      expect(await ask(since, 'new')).toBe('new');
    });
  });

  it('waits for an open pull request that is not listed', async () => {
    addPull(1, true);
    const unlisted = { ...pullRequests, listOpen: async () => [] };
    expect(await watches.endedPull(unlisted, infra, 1)).toBeUndefined();
  });
});
