import { EXAMPLE_FORM as form } from '../../../../tests/support/exampleDatabase';
import { bootScaffolder } from '../testing/bootScaffolder';
import { collectMetrics } from '../testing/collectMetrics';
import { FakeGitHub } from '../testing/fakeGitHub';
import { emptyInfraFiles } from '../testing/infraFiles';
import { LogLine, recordingLogger } from '../testing/recordingLogger';

describe('a form, seen from outside', () => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>>;
  let collect: ReturnType<typeof collectMetrics>;
  let conclusion: string;
  const log: LogLine[] = [];

  beforeAll(async () => {
    collect = collectMetrics();
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    github.onDispatch = run => github.endRun(run, conclusion);
    scaffolder = await bootScaffolder(
      github,
      {},
      undefined,
      undefined,
      recordingLogger(log),
    );
  });
  afterAll(async () => {
    await scaffolder.stop();
    await github.stop();
  });

  const send = async (values: Record<string, string>) => {
    const { body } = await scaffolder.createTask(values);
    const { status } = await scaffolder.finished(body.id);
    return { id: body.id as string, status };
  };
  /** The audit of a task's steps; Backstage audits the task itself. */
  const audited = (taskId: string) =>
    log
      .filter(line => line.isAuditEvent && line.eventId !== 'task')
      .map(line => ({ ...line, meta: line.meta as Record<string, unknown> }))
      .filter(({ meta }) => meta?.taskId === taskId)
      .map(line => ({
        ...pick(line, ['eventId', 'status', 'severityLevel', 'error']),
        ...line.meta,
      }));
  const logged = (taskId: string) =>
    log.filter(
      line => !line.isAuditEvent && line.taskId === taskId && line.message,
    );

  it('audits who claimed, dispatched and published what', async () => {
    conclusion = 'success';
    const { id, status } = await send(form);
    expect(status).toBe('completed');
    const who = {
      user: 'user:default/mock',
      taskId: id,
      templateRef: 'template:default/backend-app-rds',
      severityLevel: 'medium',
      dryRun: false,
    };
    const what = {
      requestId: 'dev-users_db',
      environment: 'dev',
      app: 'user-service',
      owner: 'platform-team',
    };
    const started = { ...who, ...what, status: 'initiated' };
    const done = { ...who, ...what, status: 'succeeded' };
    const pages = `http://${github.host}/acme`;
    expect(audited(id)).toEqual([
      { ...started, eventId: 'database-claim' },
      { ...done, eventId: 'database-claim', stateChanges: ['claimed'] },
      { ...started, eventId: 'database-dispatch' },
      {
        ...done,
        eventId: 'database-dispatch',
        stateChanges: ['dispatched'],
        runUrl: `${pages}/platform-infra/actions/runs/${github.runs[0].id}`,
      },
      { ...started, eventId: 'app-publish' },
      {
        ...done,
        eventId: 'app-publish',
        stateChanges: [
          'repository creating',
          'repository created',
          'repository published',
        ],
        repoUrl: `${pages}/user-service`,
      },
    ]);

    const of = { requestId: 'dev-users_db', taskId: id };
    const repo = `${github.host}/acme/user-service`;
    expect(
      logged(id).map(line =>
        pick(line, ['change', 'requestId', 'taskId', 'repo', 'runId']),
      ),
    ).toEqual([
      { ...of, change: 'claimed', repo },
      { ...of, change: 'dispatched', repo, runId: github.runs[0].id },
      { ...of, change: 'repository creating', repo },
      { ...of, change: 'repository created', repo },
      { ...of, change: 'repository published', repo },
      { ...of, change: 'awaited', repo },
    ]);
    expect(logged(id)[0].message).toBe('Request dev-users_db: claimed');

    expect(counters(await collect())).toEqual([
      'goldenpath_request_claimed_total{goldenpath_environment="dev"} 1',
      'goldenpath_request_dispatched_total{goldenpath_environment="dev"} 1',
      'goldenpath_request_published_total{goldenpath_environment="dev"} 1',
      'goldenpath_request_awaited_total{goldenpath_environment="dev"} 1',
    ]);
    expect(
      (await collect()).filter(line => line.includes('duration_count')),
    ).toEqual(
      ['claim', 'dispatch', 'render', 'publish', 'await'].map(
        operation =>
          `goldenpath_operation_duration_count{goldenpath_operation="${operation}"} 1`,
      ),
    );
  });

  it('names the cause of a failure, and counts a retried request once', async () => {
    conclusion = 'failure';
    const values = {
      ...form,
      component_id: 'order-service',
      databaseName: 'orders',
      username: 'orders_app',
    };
    const { id, status } = await send(values);
    expect(status).toBe('failed');
    expect(logged(id).slice(-2)).toMatchObject([
      { change: 'freed', level: 'info', requestId: 'dev-orders' },
      {
        level: 'warn',
        message: 'Request dev-orders: await failed (run_failed)',
        requestId: 'dev-orders',
        operation: 'await',
        cause: 'run_failed',
        error: expect.stringContaining('ended with "failure"'),
      },
    ]);
    expect(await collect()).toContain(
      'goldenpath_operation_failed_total{goldenpath_operation="await",error_type="run_failed"} 1',
    );

    github.endRun(github.runs.at(-1)!);
    await scaffolder.retry(id);
    expect((await scaffolder.finished(id)).status).toBe('completed');
    expect(await collect()).toContain(
      'goldenpath_request_dispatched_total{goldenpath_environment="dev"} 2',
    );
    // What Retry found done is audited as no change.
    expect(audited(id).at(-1)).toMatchObject({
      eventId: 'app-publish',
      status: 'succeeded',
      stateChanges: [],
    });
  });

  it('audits a refused form without what the form says', async () => {
    const { id, status } = await send({
      ...form,
      component_id: 'third-service',
      owner: 'group:default/checkout-team',
      description: 'hunter2',
    });
    expect(status).toBe('failed');
    expect(audited(id)).toMatchObject([
      { eventId: 'database-claim', status: 'initiated' },
      {
        eventId: 'database-claim',
        status: 'failed',
        cause: 'input',
        error: { name: 'InputError' },
        stateChanges: [],
      },
    ]);
    expect(JSON.stringify([audited(id), logged(id)])).not.toContain('hunter2');
  });

  it('writes no token to log and metrics', async () => {
    const text = JSON.stringify([log, await collect()]);
    expect(text).toContain('dev-orders');
    expect(text).not.toContain('fake-token');
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });
});

const pick = (line: Record<string, unknown>, fields: string[]) =>
  Object.fromEntries(
    fields.flatMap(field => (field in line ? [[field, line[field]]] : [])),
  );

const counters = (lines: string[]) =>
  lines.filter(line => /_total\b.* [1-9]/.test(line));
