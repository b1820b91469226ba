import {
  branchName,
  renderPullRequestMarker,
} from '@goldenpath/plugin-golden-path-common';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { until } from '../../../../tests/support/platform';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
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
    const run = {
      id,
      display_title: 'database dev-users_db task-1',
      status,
      conclusion,
      inputs: {},
    };
    github.runs.push(run);
    return run;
  };
  const addPull = (number: number, taskId: string) =>
    github.pulls.push({
      number,
      head: branchName(key),
      state: 'open',
      merged_at: null,
      body: `Words\n${renderPullRequestMarker(key, taskId)}`,
    });
  const input = { request: exampleRequest, runId: 7 };
  const asked = (path: RegExp, times: number) =>
    until(
      () => github.calls('GET', path).length >= times,
      `GitHub to be asked for ${path} ${times} times`,
    );

  it('every example finds its pull request', async () => {
    addPull(1, 'task-1');
    for (const example of exampleInputs(action)) {
      addRun(example.input.runId, 'completed', 'success');
      expect(await runAction(action, example.input)).toEqual({
        conclusion: 'success',
        pullRequestUrl: `http://${github.host}/acme/platform-infra/pull/1`,
        reached: example.input.until ?? 'pull-request',
      });
    }
  });

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
    addPull(1, 'task-1');
    await expect(runAction(action, input, { task })).resolves.toMatchObject({
      conclusion: 'success',
    });
    expect(await harness.claims.get(claimKey)).toMatchObject({ state: 'held' });
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
});
