import { appRequestId } from '@goldenpath/plugin-golden-path-common';
import { exampleInputs, newTask, runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { TaskLife } from '../taskLife';
import { exampleApp } from './exampleApp';
import { exampleRequest } from './exampleRequest';
import { createAppValidateAction } from './appValidate';

const { requestedBy: _, ...form } = exampleApp;
const claimKey = (taskId = 'task-1') => ({
  requestId: appRequestId(form),
  taskId,
});

describe('goldenpath:app:validate', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let lives: Map<string, TaskLife>;
  let action: ReturnType<typeof createAppValidateAction>;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    lives = new Map();
    harness = await newHarness(github);
    action = createAppValidateAction({
      ...harness,
      readTaskLife: async taskId => lives.get(taskId) ?? { state: 'working' },
    });
  });
  afterEach(() => github.stop());

  const messageOf = (
    input: Record<string, unknown>,
    options: Parameters<typeof runAction>[2] = {},
  ) =>
    runAction(action, input, options).then(
      () => 'It was not refused.',
      (error: Error) => error.message,
    );
  const repo = () => `${github.host}/acme/${form.component_id}`;

  it('every example passes, and asks the infra repo nothing', async () => {
    for (const { input } of exampleInputs(action)) {
      const task = newTask(`task-${input.component_id}`);
      expect(await runAction(action, input, { task })).toMatchObject({
        request: { owner: 'platform-team', requestedBy: 'jane' },
        requestId: `app/${input.component_id}`,
      });
    }
    expect(
      github.requests.filter(
        ({ method, path }) =>
          method !== 'GET' || path.includes('/platform-infra'),
      ),
    ).toEqual([]);
  });

  it('returns the request with its defaults, and claims the name', async () => {
    expect((await runAction(action, form)).request).toEqual(exampleApp);
    expect(await harness.claims.get(claimKey())).toMatchObject({
      state: 'held',
      repo: repo(),
      request: exampleApp,
    });
  });

  it('claims nothing in a dry run', async () => {
    await runAction(action, form, { isDryRun: true });
    expect(await harness.claims.get(claimKey())).toBeUndefined();
  });

  it('lists every problem at once: the contract, the catalog, GitHub', async () => {
    github.addRepo(`acme/${form.component_id}`, '');
    const message = await messageOf({
      ...form,
      owner: 'checkout-team',
      environment: 'qa',
    });
    expect(message).toContain('Environment: choose one of dev');
    expect(message).toContain(
      'only its members may request an app for it (goldenPath.owners.membership)',
    );
    expect(message).toContain(`http://${repo()} exists already`);
    expect(await harness.claims.get(claimKey())).toBeUndefined();
  });

  it('has no fields of a database', async () => {
    expect(await messageOf({ ...form, databaseName: 'x_db' })).toContain(
      'databaseName',
    );
  });

  it.each([
    { by: 'another app', request: exampleApp, requestId: claimKey().requestId },
    {
      by: 'an app with a database',
      request: { ...exampleRequest, component_id: form.component_id },
      requestId: 'dev-users_db',
    },
  ])('refuses a name that $by claims', async ({ request, requestId }) => {
    await harness.claims.take({
      requestId,
      repo: repo(),
      taskId: 'task-0',
      request: request as typeof exampleApp,
    });
    expect(await messageOf(form)).toBe(
      `App name: the repository ${repo()} is taken: task task-0 is working on it.`,
    );
  });

  it('continues what an ended task began with the same values, and only with them', async () => {
    await runAction(action, form, { task: newTask('task-0') });
    await harness.claims.setRepoState(claimKey('task-0'), 'created');
    github.addRepo(`acme/${form.component_id}`, '');
    lives.set('task-0', { state: 'over' });
    expect(await messageOf({ ...form, description: 'Other' })).toContain(
      "press Retry there, or fill in the form with that task's values (different here: description)",
    );
    await runAction(action, form);
    expect(await harness.claims.get(claimKey())).toMatchObject({
      state: 'held',
      startedBy: 'task-0',
      repoState: 'created',
    });
  });

  it('does not continue what a task with a database began', async () => {
    const key = { requestId: 'dev-users_db', taskId: 'task-0' };
    await harness.claims.take({
      ...key,
      repo: repo(),
      request: { ...exampleRequest, ...exampleApp } as typeof exampleApp,
    });
    await harness.claims.setRepoState(key, 'created');
    github.addRepo(`acme/${form.component_id}`, '');
    lives.set('task-0', { state: 'over' });
    expect(await messageOf(form)).toContain('exists already');
    expect(await harness.claims.get(claimKey())).toBeUndefined();
  });

  it('changes nothing once its app is published', async () => {
    const task = newTask();
    await runAction(action, form, { task });
    await harness.claims.setRepoState(claimKey(), 'published');
    // The owner left, and the name is taken: by this task's own app.
    github.requests.length = 0;
    expect(
      (await runAction(action, form, { task, userRef: 'user:default/guest' }))
        .request,
    ).toEqual(exampleApp);
    expect(github.requests).toEqual([]);
  });
});
