import type { TaskEvent } from '../../../tests/support/backstage';
import { EXAMPLE_FORM as form } from '../../../tests/support/exampleDatabase';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';
import { emptyInfraFiles } from './testing/infraFiles';

describe.each([
  { recovery: 'without task recovery', config: {} },
  {
    recovery: 'with task recovery',
    config: { scaffolder: { taskRecovery: { enabled: true } } },
  },
])('the scaffolder $recovery', ({ config }) => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>>;

  beforeAll(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    github.onDispatch = run => github.endRun(run);
    scaffolder = await bootScaffolder(github, config);
  });
  afterAll(async () => {
    await scaffolder.stop();
    await github.stop();
  });

  const send = async (values: Record<string, string>) => {
    const { status, body } = await scaffolder.createTask(values);
    expect({ status, body }).toEqual({ status: 201, body: { id: body.id } });
    return { id: body.id as string, ...(await scaffolder.finished(body.id)) };
  };
  const outputOf = (events: TaskEvent[]) =>
    events.find(event => event.type === 'completion')!.body.output!;

  it('registers exactly these actions', async () => {
    const ids: string[] = await scaffolder.actionIds();
    expect(ids.filter(id => id.startsWith('goldenpath:')).sort()).toEqual([
      'goldenpath:app:publish',
      'goldenpath:app:render',
      'goldenpath:app:validate',
      'goldenpath:rds:await',
      'goldenpath:rds:decommission',
      'goldenpath:rds:dispatch',
      'goldenpath:rds:inspect',
      'goldenpath:rds:provision',
      'goldenpath:request:validate',
    ]);
  });

  it('runs the template to its links', async () => {
    const task = await send(form);
    expect([task.status, textOf(task.events)]).toEqual([
      'completed',
      expect.any(String),
    ]);
    const { links, text } = outputOf(task.events);
    const [run] = github.runs;
    expect(links!.map(link => link.url ?? link.entityRef)).toEqual([
      `http://${github.host}/acme/user-service`,
      'component:default/user-service',
      '/databases/dev/users_db',
      `http://${github.host}/acme/platform-infra/pull/1`,
      `http://${github.host}/acme/platform-infra/actions/runs/${run.id}`,
      expect.stringMatching(
        /^\/create\/templates\/default\/backend-app-rds\?formData=/,
      ),
    ]);
    expect(text!.map(one => one.title)).toEqual(['What happens next']);
    expect(text![0].content).toContain('goldenpath/dev/users_db/postgres');
    expect(run.inputs).toEqual({
      base_branch: 'main',
      environment: 'dev',
      database_name: 'users_db',
      username: 'users_app_user',
      owner: 'platform-team',
      user: 'mock',
      domain: 'delivery',
      risk: 'medium',
      size: 'small',
      component_id: 'user-service',
      request_id: 'dev-users_db',
      task_id: task.id,
    });
    expect(
      github.git('acme/user-service', [
        'show',
        'main:deploy/base/externalsecret.yaml',
      ]),
    ).toContain('goldenpath/dev/users_db/postgres');
  });

  it('rejects the same form at validate, and changes nothing', async () => {
    const before = github.requests.length;
    const task = await send(form);
    expect(task.status).toBe('failed');
    expect(stepStatuses(task.events)).toMatchObject({
      validate: 'failed',
      'trigger-rds': 'skipped',
      publish: 'skipped',
      'what-exists': 'completed',
    });
    const says = textOf(task.events);
    expect(says).toContain('acme/user-service exists already');
    expect(says).toContain('pull/1');
    expect(says).toContain(
      'Request: not accepted; the log of "Check the request" says why.',
    );
    expect(
      github.requests.slice(before).filter(call => call.method !== 'GET'),
    ).toEqual([]);
  });

  it('rejects an invalid form with 400 and its messages', async () => {
    const { status, body } = await scaffolder.createTask({
      ...form,
      component_id: 'User Service',
      databaseName: 'postgres',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body.errors)).toContain('component_id');
    expect(JSON.stringify(body.errors)).toContain('databaseName');
  });

  it('shows what exists when the workflow fails, and continues after Retry', async () => {
    const onDispatch = github.onDispatch;
    github.onDispatch = run => {
      run.status = 'completed';
      run.conclusion = 'failure';
    };
    const values = {
      ...form,
      component_id: 'order-service',
      databaseName: 'orders',
      username: 'orders_app',
    };
    const task = await send(values);
    expect(task.status).toBe('failed');
    const says = textOf(task.events);
    expect(says).toContain('ended with "failure" at request: Edit the files');
    expect(says).toContain('Request: dev-orders');
    expect(says).toContain(
      `App repository: http://${github.host}/acme/order-service`,
    );

    // A person re-runs it on GitHub.
    const run = github.runs.at(-1)!;
    const runs = github.runs.length;
    run.conclusion = 'success';
    github.onDispatch = onDispatch;
    github.onDispatch(run);
    await scaffolder.retry(task.id);
    const again = await scaffolder.finished(task.id);
    expect([again.status, textOf(again.events)]).toEqual([
      'completed',
      expect.any(String),
    ]);
    expect(github.runs).toHaveLength(runs);
    expect(github.calls('POST', /dispatches$/)).toHaveLength(2);
    expect(
      github.calls('POST', /\/orgs\/acme\/repos$/).map(call => call.body.name),
    ).toEqual(['user-service', 'order-service']);
  });

  it('shows its claims to other services, and to nobody else', async () => {
    const task = await send({
      ...form,
      component_id: 'claims-service',
      databaseName: 'claims_db',
      username: 'claims_app_user',
      description: 'canary-of-the-description',
    });
    const { status, body } = await scaffolder.claims('2026-01-01', 'service');
    expect(status).toBe(200);
    const claim = body.claims.find(
      (one: { taskId: string }) => one.taskId === task.id,
    );
    expect(claim).toMatchObject({
      requestId: 'dev-claims_db',
      state: 'done',
      runId: expect.any(Number),
      pullRequestUrl: expect.stringContaining('/pull/'),
      request: { owner: 'platform-team', username: 'claims_app_user' },
    });
    expect(JSON.stringify(body)).not.toContain('canary');
    const later = new Date(Date.now() + 60_000).toISOString();
    expect((await scaffolder.claims(later, 'service')).body).toEqual({
      claims: [],
    });
    expect((await scaffolder.claims('soon', 'service')).status).toBe(400);
    expect((await scaffolder.claims('2026-01-01', 'guest')).status).toBe(403);
  });
});
