import { workflowInputs } from '@goldenpath/plugin-golden-path-common';
import { EXAMPLE_DATABASE } from '../../../../tests/support/exampleDatabase';
import { Clock } from '../clock';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { createPlanRequest } from '../planRequest';
import { emptyInfraFiles } from '../testing/infraFiles';
import { exampleRequest } from './exampleRequest';
import { createRdsDispatchAction } from './rdsDispatch';

const DISPATCHES = /\/actions\/workflows\/create-rds-database.yml\/dispatches$/;
const input = { request: exampleRequest };

/** A clock that only sleeping moves. */
const createVirtualClock = () => {
  let now = Date.now();
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async ms => {
      sleeps.push(ms);
      now += ms;
    },
  };
  return { clock, sleeps };
};

describe('goldenpath:rds:dispatch', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let action: ReturnType<typeof createRdsDispatchAction>;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    harness = await newHarness(github);
    action = createRdsDispatchAction({
      ...harness,
      previewRequest: createPlanRequest(
        harness.config,
        () => new Date('2026-11-24'),
      ).preview,
    });
  });
  afterEach(() => github.stop());

  const sent = () => github.calls('POST', DISPATCHES);

  it('every example dispatches the workflow', async () => {
    for (const example of exampleInputs(action)) {
      const before = sent().length;
      const outputs = await runAction(action, example.input);
      const run = github.runs.at(-1)!;
      expect(outputs).toEqual({
        runId: run.id,
        runUrl: `http://${github.host}/acme/platform-infra/actions/runs/${run.id}`,
      });
      expect(sent()).toHaveLength(before + 1);
    }
  });

  it('sends the inputs of the contract, from the ref, and records the run', async () => {
    await runAction(action, input);
    const [{ body }] = sent();
    expect(body).toEqual({
      ref: 'main',
      return_run_details: true,
      inputs: workflowInputs(
        { ...EXAMPLE_DATABASE, description: '' },
        { taskId: 'task-1', baseBranch: 'main' },
      ),
    });
    expect(
      await harness.claims.get({ requestId: 'dev-users_db', taskId: 'task-1' }),
    ).toMatchObject({ runId: github.runs[0].id });
  });

  it('replays its checkpoint, keyed by request and task', async () => {
    const task = newTask();
    const first = await runAction(action, input, { task });
    expect([...task.checkpoints.keys()]).toEqual([
      'dispatch.begun.dev-users_db.task-1.1',
      'dispatch.dev-users_db.task-1',
    ]);
    expect(await runAction(action, input, { task })).toEqual(first);
    expect(sent()).toHaveLength(1);
  });

  it('finds its run by the run-name when the checkpoint was lost', async () => {
    const first = await runAction(action, input);
    expect(await runAction(action, input)).toEqual(first);
    expect(sent()).toHaveLength(1);
  });

  const lost: Array<{
    fault: { reset?: true; loseAnswer?: true };
    sent: number;
    reason: string;
  }> = [
    {
      fault: { reset: true },
      sent: 2,
      reason: 'sends again when the dispatch did not arrive',
    },
    {
      fault: { loseAnswer: true },
      sent: 1,
      reason: 'never sends again when it arrived',
    },
  ];
  it.each(lost)('$reason', async row => {
    const { clock } = createVirtualClock();
    const fast = createRdsDispatchAction({
      ...harness,
      clock,
      previewRequest: async () => '',
    });
    github.faults.push({ method: 'POST', path: DISPATCHES, ...row.fault });
    const said: string[] = [];
    const outputs = await runAction(fast, input, {
      log: message => said.push(message),
    });
    expect(github.runs.map(({ id }) => id)).toEqual([outputs.runId]);
    expect(sent()).toHaveLength(row.sent);
    expect(said.join('\n')).toMatch(
      /unknown whether the workflow was dispatched\. Looking for its run for 2 minutes/,
    );
  });

  it('looks for two minutes when an earlier attempt may have dispatched, and not at all when that was rejected', async () => {
    const { clock, sleeps } = createVirtualClock();
    const fast = createRdsDispatchAction({
      ...harness,
      clock,
      previewRequest: async () => '',
    });
    const task = newTask();
    github.faults.push({
      method: 'POST',
      path: DISPATCHES,
      status: 422,
      body: { message: 'Actions has been disabled for this repository.' },
    });
    github.hasActions = false;
    await expect(runAction(fast, input, { task })).rejects.toThrow(
      /Enable GitHub Actions/,
    );
    github.hasActions = true;
    await runAction(fast, input, { task });
    expect(sleeps).toEqual([]);
    expect(github.runs).toHaveLength(1);

    const killed = newTask('task-2');
    killed.checkpoints.set('dispatch.begun.dev-users_db.task-2.1', {
      at: clock.now(),
    });
    await harness.claims.free({ requestId: 'dev-users_db', taskId: 'task-1' });
    await runAction(fast, input, { task: killed });
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(110_000);
    expect(github.runs).toHaveLength(2);
  });

  it('looks for the run, and never sends again, when the answer is lost', async () => {
    github.faults.push({ method: 'POST', path: DISPATCHES, loseAnswer: true });
    const outputs = await runAction(action, input);
    expect(outputs.runId).toBe(github.runs[0].id);
    expect(sent()).toHaveLength(1);
  });

  it('finds the run by its run-name when GitHub does not name it', async () => {
    github.returnsRunDetails = false;
    const outputs = await runAction(action, input);
    expect(outputs.runId).toBe(github.runs[0].id);
  });

  const inAnotherName: Array<{
    request: Record<string, unknown>;
    userRef: string | null;
    words: string;
    reason: string;
  }> = [
    {
      request: { owner: 'checkout-team' },
      userRef: 'user:default/jane',
      words:
        'Owner: user:default/jane is not a member of group:default/checkout-team',
      reason: 'for a team of others',
    },
    {
      request: { requestedBy: 'jane' },
      userRef: 'user:default/dina',
      words:
        'Requesting user: the request names "jane", and this task was started by "dina". Pass on the output of goldenpath:request:validate unchanged.',
      reason: 'as another user',
    },
    {
      request: { requestedBy: 'external-ci' },
      userRef: null,
      words: 'Requesting user: this task has no signed-in user',
      reason: 'by a service',
    },
    {
      request: { owner: 'payments/core' },
      userRef: 'user:default/pia',
      words: 'group:payments/core may not own a database',
      reason: 'for a group that may not own',
    },
  ];
  it.each(inAnotherName)(
    'refuses a request that skipped validate: $reason',
    async ({ request, userRef, words }) => {
      const forged = { request: { ...exampleRequest, ...request } };
      await expect(
        runAction(action, forged, { userRef }),
      ).rejects.toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining(words),
      });
      expect(github.requests).toEqual([]);
      expect(
        await harness.claims.get({
          requestId: 'dev-users_db',
          taskId: 'task-1',
        }),
      ).toBeUndefined();
    },
  );

  const refused: Array<{
    given?: () => unknown;
    request?: Record<string, unknown>;
    error: { name: string; message: RegExp };
    calls: number;
    reason: string;
  }> = [
    {
      request: { databaseName: 'Users', username: 'root; DROP' },
      error: { name: 'InputError', message: /Database name.*Database user/s },
      calls: 0,
      reason: 'the request is invalid',
    },
    {
      given: () =>
        harness.claims.take({
          requestId: 'dev-users_db',
          repo: 'x',
          taskId: 'task-0',
        }),
      error: { name: 'ConflictError', message: /task-0/i },
      calls: 0,
      reason: 'another task holds the claim',
    },
    {
      given: () =>
        github.faults.push({
          method: 'POST',
          path: DISPATCHES,
          status: 422,
          body: { message: "Provided value 'x' for input 'risk' not in list" },
        }),
      error: { name: 'InputError', message: /not in list/ },
      calls: 1,
      reason: 'GitHub rejects an input',
    },
    {
      given: () => {
        github.workflow = undefined;
      },
      error: { name: 'NotFoundError', message: /create-rds-database.yml/ },
      calls: 0,
      reason: 'the workflow does not exist',
    },
  ];
  it.each(refused)(
    'fails when $reason',
    async ({ given, request, error, calls }) => {
      await given?.();
      await expect(
        runAction(action, { request: { ...exampleRequest, ...request } }),
      ).rejects.toMatchObject({
        name: error.name,
        message: expect.stringMatching(error.message),
      });
      expect(sent()).toHaveLength(calls);
    },
  );

  it('shows the inputs and the pull request in a dry run, and changes nothing', async () => {
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    const log: string[] = [];
    const outputs = await runAction(action, input, {
      isDryRun: true,
      log: line => log.push(line),
    });
    expect(outputs).toEqual({
      runId: 0,
      runUrl: `http://${github.host}/acme/platform-infra/actions/workflows/create-rds-database.yml`,
      preview: expect.stringMatching(
        /"request_id": "dev-users_db".*## Create RDS database users_db \(dev\).*\+ {2}users_db = \{/s,
      ),
    });
    expect(log.join()).toContain(outputs.preview);
    expect(github.requests.filter(({ method }) => method !== 'GET')).toEqual(
      [],
    );
    expect(
      await harness.claims.get({ requestId: 'dev-users_db', taskId: 'task-1' }),
    ).toBeUndefined();
  });

  it('sends nothing for a cancelled task', async () => {
    await expect(
      runAction(action, input, { signal: AbortSignal.abort() }),
    ).rejects.toThrow('cancelled');
    expect(sent()).toEqual([]);
  });
});
