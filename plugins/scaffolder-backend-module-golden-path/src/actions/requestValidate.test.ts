import {
  branchName,
  renderPullRequestMarker,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import {
  EXAMPLE_DATABASE,
  EXAMPLE_FORM as form,
} from '../../../../tests/support/exampleDatabase';
import { createCheckOwner } from '../checks/mayOwn';
import { createPlanRequest } from '../planRequest';
import { createCompanyCatalog } from '../testing/companyCatalog';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { TaskLife } from '../taskLife';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { emptyInfraFiles } from '../testing/infraFiles';
import {
  createRequestValidateAction,
  RequestValidateDeps,
} from './requestValidate';

const key = { environment: 'dev', databaseName: 'users_db' };
const claimKey = (taskId: string) => ({
  requestId: 'dev-users_db',
  repo: '',
  taskId,
});

describe('goldenpath:request:validate', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let lives: Map<string, TaskLife>;
  let deps: RequestValidateDeps;
  let action: ReturnType<typeof createRequestValidateAction>;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    lives = new Map();
    harness = await newHarness(github);
    deps = {
      ...harness,
      planRequest: createPlanRequest(harness.config).plan,
      readTaskLife: async taskId => lives.get(taskId) ?? { state: 'working' },
    };
    action = createRequestValidateAction(deps);
  });
  afterEach(() => github.stop());

  const refusal = (
    input: Record<string, unknown>,
    options: Parameters<typeof runAction>[2] = {},
  ) =>
    runAction(action, input, options).then(
      () => {
        throw new Error('It was not refused.');
      },
      (error: Error) => error,
    );
  const noWrites = () =>
    github.requests.filter(request => request.method !== 'GET');

  it('returns the request, the derived names and the workflow inputs, and claims', async () => {
    const outputs = await runAction(action, form);
    expect(outputs).toEqual({
      request: { ...EXAMPLE_DATABASE, description: '' },
      requestId: 'dev-users_db',
      branch: 'database/dev/users_db',
      secretName: 'goldenpath/dev/users_db/postgres',
      kubernetesSecretName: 'user-service-db-creds',
      databaseEntityRef: 'resource:default/rds-dev-users_db',
      workflowInputs: expect.objectContaining({
        request_id: 'dev-users_db',
        task_id: 'task-1',
        user: 'jane',
      }),
      appUrl: `http://${github.host}/acme/user-service`,
      componentRef: 'component:default/user-service',
      nextEnvironment: 'test',
      promotionUrl: expect.stringMatching(
        /^\/create\/templates\/default\/backend-app-rds\?formData=/,
      ),
    });
    expect(await harness.claims.get(claimKey('task-1'))).toMatchObject({
      state: 'held',
      repo: `${github.host}/acme/user-service`,
    });
    expect(noWrites()).toEqual([]);
  });

  it('every example passes', async () => {
    for (const { input } of exampleInputs(action)) {
      await expect(
        runAction(action, input, {
          task: newTask(`task-${input.databaseName}`),
        }),
      ).resolves.toMatchObject({ request: { owner: 'platform-team' } });
    }
  });

  it('claims nothing in a dry run', async () => {
    await runAction(action, form, { isDryRun: true });
    expect(await harness.claims.get(claimKey('task-1'))).toBeUndefined();
  });

  it('lists every problem at once: the contract, the catalog, GitHub', async () => {
    github.addRepo('acme/user-service', '');
    github.workflow = { state: 'disabled_manually' };
    const error = await refusal(
      {
        ...form,
        databaseName: 'postgres',
        username: 'Users',
        owner: 'group:default/nobody',
        size: 'huge',
        description: 'two\nlines',
      },
      { userRef: null },
    );
    expect(error.name).toBe('InputError');
    for (const words of [
      'Database name: choose a name that PostgreSQL',
      'Database user: use lower-case',
      'no group:default/nobody',
      'Size: choose one of',
      'Description: write one line',
      'Requesting user: this task has no signed-in user (it runs as "external-ci")',
      `http://${github.host}/acme/user-service exists already`,
      'create-rds-database.yml of acme/platform-infra is disabled',
    ])
      expect(error.message).toContain(words);
    expect(await harness.claims.around(claimKey(''))).toEqual([]);
    expect(noWrites()).toEqual([]);
  });

  const declared = (entry: string) =>
    github.files.set(
      standaloneTfvarsPath('dev'),
      `application_databases = {\n  users_db = {\n    ${entry}\n  }\n}\n`,
    );
  const openPull = (taskId: string, state: 'open' | 'closed' = 'open') =>
    github.pulls.push({
      number: 1,
      head: branchName(key),
      state,
      merged_at: null,
      body: renderPullRequestMarker(key, taskId),
    });
  const heldByOther = async (runId?: number) => {
    const other = {
      ...claimKey('task-0'),
      repo: `${github.host}/acme/user-service`,
    };
    await harness.claims.take(other);
    if (runId) await harness.claims.setRun(other, runId);
  };
  const run = (status: string, conclusion: string | null) =>
    github.runs.push({
      id: 7,
      display_title: 'database dev-users_db task-0',
      status,
      conclusion,
      inputs: {},
    });

  it('refuses a request in the name of another team, and claims nothing', async () => {
    const error = await refusal(
      { ...form, owner: 'group:default/checkout-team' },
      { userRef: 'user:default/jane' },
    );
    expect(error.name).toBe('InputError');
    expect(error.message).toBe(
      'Owner: user:default/jane is not a member of group:default/checkout-team, neither directly nor through a group below it, and only its members may request a database for it (goldenPath.owners.membership). Ask a member of checkout-team to request it, or have yourself added to the team.',
    );
    expect(await harness.claims.get(claimKey('task-1'))).toBeUndefined();
    expect(noWrites()).toEqual([]);
  });

  it('takes the request of a service where membership is not required', async () => {
    const { config } = await newHarness(github, {
      owners: { membership: 'none' },
    });
    action = createRequestValidateAction({
      ...deps,
      checkOwner: createCheckOwner(config.owners, createCompanyCatalog()),
    });
    await expect(
      runAction(action, form, { userRef: null }),
    ).resolves.toMatchObject({ request: { requestedBy: 'external-ci' } });
  });

  const refused: Array<{
    given: () => unknown;
    words: string | RegExp;
    name?: string;
    reason: string;
  }> = [
    {
      given: () =>
        declared('database_name = "users_db"\n    username = "somebody_else"'),
      words: /users_db/,
      reason: 'the infra repo has the database with another user',
    },
    {
      given: () => github.files.set(standaloneTfvarsPath('dev'), 'a = {'),
      words: "Can't add a database for dev",
      reason: 'the infra repo has a file that does not parse',
    },
    {
      given: () => github.files.delete(standaloneTfvarsPath('dev')),
      words: "Can't add a database for dev",
      reason: 'the infra repo has no file for the environment',
    },
    {
      given: () => github.repos.delete('acme/platform-infra'),
      words: 'Tell the platform team',
      reason: 'there is no infra repo',
    },
    {
      given: () => {
        github.workflow = undefined;
      },
      words: 'has no workflow create-rds-database.yml',
      reason: 'there is no workflow',
    },
    {
      given: () => openPull('task-0'),
      words: 'pull/1',
      reason: 'a pull request for it is open, with or without a claim',
    },
    {
      given: () => heldByOther(),
      words: 'task task-0 is working on it',
      reason: 'another form is in progress',
    },
    {
      given: async () => {
        await heldByOther(7);
        run('in_progress', null);
      },
      words: 'actions/runs/7 is in progress',
      reason: "another form's run is in progress",
    },
    {
      given: async () => {
        await heldByOther();
        lives.set('task-0', { state: 'over' });
        run('queued', null);
      },
      words: 'actions/runs/7 is in progress',
      reason: "another form's run is found by its run-name",
    },
    {
      given: () =>
        github.faults.push({
          method: 'GET',
          path: /pulls/,
          status: 503,
          times: 9,
        }),
      words: 'Some checks failed to run',
      name: 'ServiceUnavailableError',
      reason: 'GitHub does not answer',
    },
  ];
  it.each(refused)('rejects when $reason', async ({ given, words, name }) => {
    await given();
    const error = await refusal(form);
    expect(error.message).toMatch(words);
    expect(error.name).toBe(name ?? 'InputError');
    expect(await harness.claims.get(claimKey('task-1'))).toBeUndefined();
    expect(noWrites()).toEqual([]);
  });

  const freed: Array<{ given: () => unknown; reason: string }> = [
    {
      given: async () => {
        await heldByOther();
        lives.set('task-0', { state: 'over' });
      },
      reason: 'its task ended before it dispatched',
    },
    {
      given: async () => {
        await heldByOther(7);
        run('completed', 'failure');
      },
      reason: 'its run failed',
    },
    {
      given: async () => {
        await heldByOther(7);
        run('completed', 'cancelled');
      },
      reason: 'its run was cancelled',
    },
    {
      given: async () => {
        await heldByOther(7);
        run('completed', 'success');
        openPull('task-0', 'closed');
      },
      reason: 'its pull request was closed unmerged',
    },
  ];
  it.each(freed)('takes over a claim when $reason', async ({ given }) => {
    await given();
    await runAction(action, form);
    expect(await harness.claims.get(claimKey('task-1'))).toMatchObject({
      state: 'held',
    });
    expect(await harness.claims.get(claimKey('task-0'))).toMatchObject({
      state: 'freed',
    });
  });

  it('allows Retry of the same task', async () => {
    const task = newTask();
    await runAction(action, form, { task });
    const own = claimKey(task.taskId);
    await harness.claims.setRepoState(own, 'created');
    github.addRepo('acme/user-service', '');
    openPull(task.taskId);
    await expect(runAction(action, form, { task })).resolves.toMatchObject({
      requestId: 'dev-users_db',
    });
  });

  it('claims nothing for a cancelled task', async () => {
    const error = await refusal(form, { signal: AbortSignal.abort() });
    expect(error.message).toContain('cancelled');
    expect(await harness.claims.get(claimKey('task-1'))).toBeUndefined();
  });

  it('accepts one of two concurrent forms', async () => {
    const outcomes = await Promise.allSettled(
      ['a', 'b'].map(id => runAction(action, form, { task: newTask(id) })),
    );
    expect(outcomes.map(outcome => outcome.status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
  });
});
