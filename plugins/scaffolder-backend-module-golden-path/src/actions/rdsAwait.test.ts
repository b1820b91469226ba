import {
  branchName,
  CATALOG_PATH,
  renderPullRequestMarker,
} from '@goldenpath/plugin-golden-path-common';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { until } from '../../../../tests/support/platform';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { catalogWith } from '../testing/infraFiles';
import { exampleRequest } from './exampleRequest';
import { createRdsAwaitAction } from './rdsAwait';

const key = { environment: 'dev', databaseName: 'users_db' };
const claimKey = { requestId: 'dev-users_db', taskId: 'task-1' };

describe('goldenpath:rds:await', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let action: ReturnType<typeof createRdsAwaitAction>;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    harness = await newHarness(github);
    action = createRdsAwaitAction(harness);
  });
  afterEach(() => github.stop());

  const addRun = (id: number, status: string, conclusion: string | null) => {
    github.runs.push({
      id,
      display_title: 'database dev-users_db task-1',
      status,
      conclusion,
      inputs: {},
    });
    return github.runs.at(-1)!;
  };
  const addPull = (number: number, taskId: string) => {
    github.pulls.push({
      number,
      head: branchName(key),
      state: 'open',
      merged_at: null,
      body: `Words\n${renderPullRequestMarker(key, taskId)}`,
    });
    return github.pulls.at(-1)!;
  };
  const input = { request: exampleRequest, runId: 7 };
  const asked = (path: RegExp, times: number) =>
    until(
      () => github.calls('GET', path).length >= times,
      `GitHub to be asked for ${path} ${times} times`,
    );

  it('every example finds its pull request', async () => {
    Object.assign(addPull(1, 'task-1'), {
      state: 'closed',
      merged_at: '2026-11-26T10:00:00Z',
    });
    github.files.set(CATALOG_PATH, catalogWith('active'));
    for (const example of exampleInputs(action)) {
      addRun(example.input.runId, 'completed', 'success');
      expect(await runAction(action, example.input)).toEqual({
        conclusion: 'success',
        pullRequestUrl: `http://${github.host}/acme/platform-infra/pull/1`,
        reached: example.input.until ?? 'pull-request',
      });
    }
  });

  it.each([
    { token: undefined, shared: 1 },
    { token: 'of jane', shared: 0 },
  ])(
    'shares reads among tasks with the same credentials: token $token',
    async ({ token, shared }) => {
      addRun(7, 'completed', 'success');
      addPull(1, 'task-1');
      const run = jest.spyOn(harness.watches, 'run');
      expect(await runAction(action, { ...input, token })).toMatchObject({
        conclusion: 'success',
      });
      expect(run).toHaveBeenCalledTimes(shared);
    },
  );

  it('follows the run and finds the pull request of this task, also when it is listed late', async () => {
    const run = addRun(7, 'queued', null);
    addPull(1, 'task-0');
    github.onAnswer = path => {
      if (path.endsWith('/runs/7')) {
        run.status = 'completed';
        run.conclusion = 'success';
      } else if (path.endsWith('/pulls')) {
        addPull(2, 'task-1');
      }
    };
    const { pullRequestUrl } = await runAction(action, input);
    expect(pullRequestUrl).toMatch(/pull\/2$/);
    expect(github.calls('GET', /\/runs\/7$/)).toHaveLength(2);
    expect(github.calls('GET', /\/pulls/)).toHaveLength(2);
  });

  it('names the failed step, frees the claim, and continues after a re-run', async () => {
    const run = addRun(7, 'completed', 'failure');
    const task = newTask();
    await expect(runAction(action, input, { task })).rejects.toMatchObject({
      name: 'WorkflowRunFailedError',
      message: expect.stringMatching(
        /"failure" at request: Edit the files: .*\/actions\/runs\/7.*Retry/,
      ),
    });
    expect(await harness.claims.get(claimKey)).toMatchObject({
      state: 'freed',
    });

    run.conclusion = 'success';
    run.run_attempt = 2;
    addPull(1, 'task-1');
    const log: string[] = [];
    await expect(
      runAction(action, input, { task, log: line => log.push(line) }),
    ).resolves.toMatchObject({ conclusion: 'success' });
    expect(log).toContain(
      'The workflow run was re-run on GitHub: this is attempt 2.',
    );
    expect(await harness.claims.get(claimKey)).toMatchObject({ state: 'done' });
  });

  const failures: Array<{
    given: () => unknown;
    error: { name: string; message: RegExp };
    reason: string;
  }> = [
    {
      given: () => addRun(7, 'completed', 'cancelled'),
      error: { name: 'WorkflowRunFailedError', message: /"cancelled"/ },
      reason: 'the run was cancelled',
    },
    {
      given: () => addRun(7, 'completed', 'success'),
      error: {
        name: 'NotFoundError',
        message: /no pull request from branch database\/dev\/users_db/,
      },
      reason: 'the run opened no pull request',
    },
  ];
  it.each(failures)('fails when $reason', async ({ given, error }) => {
    given();
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: error.name,
      message: expect.stringMatching(error.message),
    });
  });

  it('fails when the time is over', async () => {
    addRun(7, 'in_progress', null);
    const impatient = await newHarness(github, {
      await: {
        pollInterval: { milliseconds: 5 },
        timeout: { milliseconds: 100 },
      },
    });
    await expect(
      runAction(createRdsAwaitAction(impatient), input),
    ).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('goldenPath.await.timeout'),
    });
  });

  it('stops polling when the task is cancelled', async () => {
    addRun(7, 'in_progress', null);
    const controller = new AbortController();
    const following = runAction(action, input, { signal: controller.signal });
    // Handled below; until then nobody waits for it.
    following.catch(() => undefined);
    await asked(/\/runs\/7$/, 2);
    controller.abort();
    await expect(following).rejects.toThrow('cancelled');
    // What was under way when it ended still arrives; ten polls more would be told apart from that.
    const before = github.requests.length;
    await new Promise(done => setTimeout(done, 100));
    expect(github.requests.length - before).toBeLessThanOrEqual(1);
  });

  it('continues after GitHub outages', async () => {
    addRun(7, 'completed', 'success');
    addPull(1, 'task-1');
    github.faults.push({
      method: 'GET',
      path: /runs\/7$/,
      status: 502,
      times: 6,
    });
    await expect(runAction(action, input)).resolves.toMatchObject({
      conclusion: 'success',
    });
  });

  describe('until', () => {
    const log: string[] = [];
    const run = (goal: string, options: Parameters<typeof runAction>[2] = {}) =>
      runAction(
        action,
        { ...input, until: goal },
        { log: line => log.push(line), ...options },
      );
    const merge = (pull = github.pulls[0]) =>
      Object.assign(pull, {
        state: 'closed',
        merged_at: '2026-11-26T10:00:00Z',
        merge_commit_sha: 'abc',
      });
    const apply = (conclusion: string | null) =>
      github.runs.push({
        id: 8,
        display_title: 'Merge',
        status: conclusion ? 'completed' : 'in_progress',
        conclusion,
        inputs: {},
        head_sha: 'abc',
        path: '.github/workflows/rds-database-apply.yml',
      });
    const setStatus = (status: string | undefined) =>
      github.files.set(CATALOG_PATH, catalogWith(status));
    const url = () => `http://${github.host}/acme/platform-infra/pull/1`;

    beforeEach(() => {
      log.length = 0;
      addRun(7, 'completed', 'success');
      addPull(1, 'task-1');
    });

    it('merged: waits for the merge', async () => {
      const waiting = run('merged');
      await until(
        () => log.includes('Waiting for its merge.'),
        'the action to wait',
      );
      expect(await harness.claims.get(claimKey)).toMatchObject({
        state: 'held',
      });
      merge();
      expect(await waiting).toMatchObject({
        pullRequestUrl: url(),
        reached: 'merged',
      });
      expect(await harness.claims.get(claimKey)).toMatchObject({
        state: 'done',
        pullRequestUrl: url(),
      });
    });

    it('provisioned: waits for merge and database', async () => {
      setStatus('pending');
      const waiting = run('provisioned');
      merge();
      await until(
        () => log.includes('Waiting for the database.'),
        'the action to wait',
      );
      apply(null);
      setStatus('active');
      expect(await waiting).toMatchObject({ reached: 'provisioned' });
    });

    it('provisioned: a failed apply is told, and Retry goes on after its repair', async () => {
      setStatus('pending');
      merge();
      apply('failure');
      const task = newTask();
      await expect(run('provisioned', { task })).rejects.toMatchObject({
        name: 'ProvisionFailedError',
        message: expect.stringMatching(
          /^Database dev-users_db could not be created: .*\/actions\/runs\/8\..*press Retry\.$/,
        ),
      });
      setStatus('active');
      await expect(run('provisioned', { task })).resolves.toMatchObject({
        reached: 'provisioned',
      });
    });

    it('provisioned: a catalog that another task read before the merge is not believed', async () => {
      action = createRdsAwaitAction(
        await newHarness(github, { await: { pollInterval: { minutes: 1 } } }),
      );
      setStatus(undefined);
      merge();
      await expect(run('provisioned')).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      setStatus('active');
      await expect(run('provisioned')).resolves.toMatchObject({
        reached: 'provisioned',
      });
    });

    it('provisioned: an entry that was removed is told', async () => {
      setStatus(undefined);
      merge();
      await expect(run('provisioned')).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining('does not declare dev-users_db'),
      });
    });

    it.each(['pull-request', 'merged', 'provisioned'])(
      '%s: a pull request that was closed is told',
      async goal => {
        github.pulls[0].state = 'closed';
        await expect(run(goal)).rejects.toMatchObject({
          name: 'PullRequestClosedError',
          message: expect.stringContaining(
            `Pull request ${url()} was closed without being merged`,
          ),
        });
      },
    );

    it('merged: a pull request that is closed meanwhile is told', async () => {
      const waiting = run('merged');
      waiting.catch(() => undefined);
      await until(
        () => log.includes('Waiting for its merge.'),
        'the action to wait',
      );
      github.pulls[0].state = 'closed';
      await expect(waiting).rejects.toMatchObject({
        name: 'PullRequestClosedError',
      });
    });

    const late = [
      { goal: 'merged', key: 'mergeTimeout', given: () => {} },
      {
        goal: 'provisioned',
        key: 'provisionTimeout',
        given: () => {
          setStatus('pending');
          merge();
        },
      },
    ];
    it.each(late)('$goal: $key ends the wait', async row => {
      row.given();
      action = createRdsAwaitAction(
        await newHarness(github, {
          await: {
            pollInterval: { milliseconds: 5 },
            [row.key]: { milliseconds: 50 },
          },
        }),
      );
      await expect(run(row.goal)).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringMatching(
          new RegExp(`within 50 ms.*goldenPath\\.await\\.${row.key}`),
        ),
      });
    });

    it('something else is refused', async () => {
      await expect(run('tomorrow')).rejects.toThrow(
        'until "tomorrow": use one of pull-request, merged, provisioned.',
      );
    });
  });
});
