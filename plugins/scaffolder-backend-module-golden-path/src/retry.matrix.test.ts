import {
  CATALOG_PATH,
  standaloneTfvarsPath,
} from '@goldenpath/plugin-golden-path-common';
import { EXAMPLE_FORM } from '../../../tests/support/exampleDatabase';
import { until } from '../../../tests/support/platform';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';
import { catalogWith, emptyInfraFiles } from './testing/infraFiles';

type Form = typeof EXAMPLE_FORM & { waitUntilReady?: boolean };
/** Backstage looks for stale tasks every ten seconds; here nobody does. */
const RECOVERY_OFF = {};

/** What Retry, Cancel and the same form do, asked by Backstage's API with the shipped template. */
describe('Retry and start over', () => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>>;

  /** Another app in each test: one GitHub and one Backstage serve all of them. */
  let form = EXAMPLE_FORM;
  let tests = 0;

  beforeAll(async () => {
    github = new FakeGitHub();
    await github.start();
    scaffolder = await bootScaffolder(github, RECOVERY_OFF);
  });
  beforeEach(async () => {
    tests += 1;
    form = { ...EXAMPLE_FORM, component_id: `app-${tests}` };
    for (const list of [
      github.runs,
      github.pulls,
      github.requests,
      github.faults,
    ])
      list.length = 0;
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    await scaffolder.database('goldenpath_claims').delete();
    github.onDispatch = run => {
      run.status = 'in_progress';
    };
  });
  afterAll(async () => {
    await scaffolder.stop();
    await github.stop();
  });

  const send = async (values: Form = form): Promise<string> => {
    const { body } = await scaffolder.createTask(values);
    return body.id;
  };
  const end = async (id: string) => {
    const { status, events } = await scaffolder.finished(id);
    return { status, says: textOf(events), steps: stepStatuses(events) };
  };
  const run = async (values: Form = form) => {
    const id = await send(values);
    return { id, ...(await end(id)) };
  };
  const retry = async (id: string) => {
    expect((await scaffolder.retry(id)).status).toBe(201);
    return end(id);
  };
  const endRun = (conclusion: string, at = github.runs.length - 1) => {
    github.endRun(github.runs[at], conclusion);
  };
  /** A workflow that is as quick as the dispatch. */
  const runsEnd = (conclusion: string) => {
    github.onDispatch = () => endRun(conclusion);
  };
  const refuseRepositories = () =>
    github.faults.push({
      method: 'POST',
      path: /\/orgs\/acme\/repos$/,
      status: 422,
      body: { message: 'no' },
      times: 99,
    });
  const closePull = (merged: boolean) => {
    Object.assign(github.pulls.at(-1)!, {
      state: 'closed',
      merged_at: merged ? '2026-11-26T10:00:00Z' : null,
    });
    if (!merged) return;
    github.files.set(CATALOG_PATH, catalogWith('pending'));
    github.files.set(
      standaloneTfvarsPath('dev'),
      'application_databases = {\n  users_db = {\n    database_name = "users_db"\n    username      = "users_app_user"\n  }\n}\n',
    );
  };
  const writes = () =>
    github.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  const commits = () =>
    github.git(`acme/${form.component_id}`, ['rev-list', '--all']).split('\n');
  const claims = () =>
    scaffolder
      .database('goldenpath_claims')
      .select('task_id', 'state')
      .orderBy('updated_at');

  describe('of a task that is done', () => {
    const rows = [
      { pull: 'open', given: () => {} },
      { pull: 'merged', given: () => closePull(true) },
      { pull: 'closed', given: () => closePull(false) },
    ];
    it.each(rows)(
      'changes nothing and says so: pull request $pull',
      async ({ pull, given }) => {
        runsEnd('success');
        const { id, status } = await run();
        expect(status).toBe('completed');
        given();
        const before = { writes: writes(), commits: commits() };
        const again = await retry(id);
        expect([again.status, again.says]).toEqual([
          'completed',
          expect.stringContaining(
            `This task is done; Retry changes nothing. Its pull request http://${github.host}/acme/platform-infra/pull/1 is ${pull}.`,
          ),
        ]);
        expect({ writes: writes(), commits: commits() }).toEqual(before);
      },
    );

    it('also after another task requested the same again', async () => {
      runsEnd('success');
      const first = await run();
      closePull(false);
      const other = { ...form, component_id: `other-${tests}` };
      expect((await run(other)).status).toBe('completed');
      const before = writes();
      expect(await retry(first.id)).toMatchObject({
        status: 'completed',
        says: expect.stringContaining('pull/1 is closed'),
      });
      expect(writes()).toEqual(before);
    });
  });

  describe('of a task that failed', () => {
    it('follows the run that was re-run on GitHub', async () => {
      runsEnd('failure');
      const { id, status } = await run();
      expect(status).toBe('failed');
      endRun('success');
      github.runs[0].run_attempt = 2;
      const again = await retry(id);
      expect([again.status, again.says]).toEqual([
        'completed',
        expect.stringContaining('this is attempt 2'),
      ]);
      expect(again.says).toContain('This task continues where it stopped');
      expect(github.runs).toHaveLength(1);
    });

    it('goes on although its pull request is merged already', async () => {
      runsEnd('success');
      // Nobody can create the repository for now.
      refuseRepositories();
      const { id, steps } = await run();
      expect(steps).toMatchObject({ publish: 'failed' });
      github.faults.length = 0;
      closePull(true);
      const again = await retry(id);
      expect([again.status, again.says]).toEqual([
        'completed',
        expect.any(String),
      ]);
      expect(github.runs).toHaveLength(1);
    });

    it('tells of a pull request that was closed', async () => {
      runsEnd('success');
      refuseRepositories();
      const { id } = await run();
      github.faults.length = 0;
      closePull(false);
      expect(await retry(id)).toMatchObject({
        status: 'failed',
        says: expect.stringContaining('closed without being merged'),
      });
    });

    it('the same form sends a new run, and keeps the repository', async () => {
      runsEnd('failure');
      const first = await run();
      runsEnd('success');
      const second = await run();
      expect([second.status, second.says]).toEqual([
        'completed',
        expect.stringContaining(
          `This task continues what task ${first.id} began: a new workflow run`,
        ),
      ]);
      expect(github.runs.map(one => one.inputs.task_id)).toEqual([
        first.id,
        second.id,
      ]);
      expect(github.calls('POST', /\/repos$/)).toHaveLength(1);
      expect(commits()).toHaveLength(1);
      // The first one's Retry leads to the second one.
      expect(await retry(first.id)).toMatchObject({
        status: 'failed',
        says: expect.stringContaining(
          `task ${second.id} took over what this task began`,
        ),
      });
    });
  });

  describe('of a task that was cancelled', () => {
    it('frees its claim before the dispatch, and goes on after it', async () => {
      const id = await send();
      await until(() => github.runs.length > 0, 'the dispatch');
      await scaffolder.cancel(id);
      const cancelled = await end(id);
      expect(cancelled.status).toBe('failed');
      // Its run goes on, so other values for the same database are refused.
      const other = { ...form, component_id: `other-${tests}` };
      expect(await run(other)).toMatchObject({
        status: 'failed',
        says: expect.stringMatching(
          new RegExp(
            `task ${id} requested it, and its workflow run .* is in progress. That task has ended; to continue it, press Retry there`,
          ),
        ),
      });
      endRun('success');
      expect(await retry(id)).toMatchObject({ status: 'completed' });
      expect(github.runs).toHaveLength(1);
    });

    it('frees its claim when its run is cancelled, too', async () => {
      const id = await send();
      await until(() => github.runs.length > 0, 'the dispatch');
      await scaffolder.cancel(id);
      await end(id);
      endRun('cancelled');
      runsEnd('success');
      const other = { ...form, component_id: `other-${tests}` };
      expect(await run(other)).toMatchObject({ status: 'completed' });
    });
  });

  describe('of a task whose backend was killed, without task recovery', () => {
    /** What a killed backend leaves behind: nobody ends the task, and nobody stamps it. */
    const kill = async (id: string, secondsAgo = 3_600) => {
      // Ends the worker of this process; its row is then as in the middle of a step.
      await scaffolder.cancel(id);
      await end(id);
      await scaffolder
        .database('tasks')
        .where({ id })
        .update({
          status: 'processing',
          last_heartbeat_at: new Date(Date.now() - secondsAgo * 1000)
            .toISOString()
            .replace('T', ' ')
            .slice(0, 19),
        });
      await scaffolder
        .database('task_events')
        .where({ task_id: id })
        .whereIn('event_type', ['cancelled', 'completion'])
        .delete();
    };
    const killedWhileItWaits = async () => {
      const id = await send();
      await until(
        () => github.calls('GET', /\/actions\/runs\/\d+$/).length > 0,
        'the last step to wait for the run',
      );
      await kill(id);
      return id;
    };

    it('Retry and Cancel do nothing, and the same form goes on with what exists', async () => {
      const killed = await killedWhileItWaits();
      expect((await scaffolder.retry(killed)).status).toBe(409);
      await scaffolder.cancel(killed);
      expect(await scaffolder.task(killed)).toMatchObject({
        status: 'processing',
      });
      const before = commits();

      endRun('success');
      const next = await run();
      expect([next.status, next.says]).toEqual([
        'completed',
        expect.stringContaining(
          `This task continues what task ${killed} began: workflow run ${github.runs[0].id}, ${github.host}/acme/${form.component_id}.`,
        ),
      ]);
      expect(github.runs).toHaveLength(1);
      expect(github.pulls).toHaveLength(1);
      expect(github.calls('POST', /\/repos$/)).toHaveLength(1);
      expect(commits()).toEqual(before);
      expect(await claims()).toEqual([
        { task_id: killed, state: 'taken_over' },
        { task_id: next.id, state: 'done' },
      ]);
    });

    it('other values are refused, with what differs and what to do', async () => {
      const killed = await killedWhileItWaits();
      const { status, says } = await run({ ...form, username: 'other_user' });
      expect(status).toBe('failed');
      expect(says).toMatch(
        new RegExp(
          `task ${killed} requested it, and its workflow run .* is in progress. That task shows no sign of life since .*: its backend was stopped, and Retry does not work on it. To continue it, fill in the form with that task's values \\(different here: username\\)`,
        ),
      );
      expect(github.runs).toHaveLength(1);
    });

    it('a task that was seen just now keeps its claim', async () => {
      const id = await send();
      await until(
        () => github.calls('GET', /\/actions\/runs\/\d+$/).length > 0,
        'the last step to wait for the run',
      );
      await kill(id, 5);
      expect(await run()).toMatchObject({
        status: 'failed',
        says: expect.stringContaining('is in progress.'),
      });
    });

    it('one of two forms takes it over', async () => {
      const killed = await killedWhileItWaits();
      endRun('success');
      const outcomes = await Promise.all([run(), run()]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual([
        'completed',
        'failed',
      ]);
      expect(github.runs).toHaveLength(1);
      expect(github.calls('POST', /\/repos$/)).toHaveLength(1);
      expect(killed).toBeTruthy();
    });
  });

  describe('of a task that waits until the database is ready', () => {
    const waits = () => ({ ...form, waitUntilReady: true });
    const merged = (status: string) => {
      closePull(true);
      github.pulls.at(-1)!.merge_commit_sha = 'abc';
      github.files.set(CATALOG_PATH, catalogWith(status));
    };
    const waitsFor = async (id: string, words: string) =>
      until(
        async () => textOf(await scaffolder.events(id)).includes(words),
        `the task to say "${words}"`,
      );

    it('ends with the database', async () => {
      runsEnd('success');
      const id = await send(waits());
      await waitsFor(id, 'Waiting for its merge.');
      merged('pending');
      await waitsFor(id, 'Waiting for the database.');
      merged('active');
      const { status, events } = await scaffolder.finished(id);
      expect(status).toBe('completed');
      const { output } = events.find(({ type }) => type === 'completion')!.body;
      expect(output!.text!.map(one => one.title)).toEqual([
        'The database is ready',
      ]);
    });

    it('tells of a pull request that was closed', async () => {
      runsEnd('success');
      const id = await send(waits());
      await waitsFor(id, 'Waiting for its merge.');
      closePull(false);
      expect(await end(id)).toMatchObject({
        status: 'failed',
        says: expect.stringContaining('closed without being merged'),
      });
    });

    it('tells of a failed apply, and waits again after Retry', async () => {
      runsEnd('success');
      const id = await send(waits());
      await waitsFor(id, 'Waiting for its merge.');
      const apply = {
        id: 9_999,
        display_title: 'Merge',
        status: 'completed',
        conclusion: 'failure',
        inputs: {},
        head_sha: 'abc',
        path: '.github/workflows/rds-database-apply.yml',
      };
      github.runs.push(apply);
      merged('pending');
      expect(await end(id)).toMatchObject({
        status: 'failed',
        says: expect.stringMatching(
          /Database dev-users_db could not be created: .*\/actions\/runs\/9999/,
        ),
      });
      merged('active');
      expect(await retry(id)).toMatchObject({ status: 'completed' });
    });
  });

  it('of two forms at once one is refused', async () => {
    runsEnd('success');
    const outcomes = await Promise.all([run(), run()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      'completed',
      'failed',
    ]);
    expect(github.runs).toHaveLength(1);
    expect(github.calls('POST', /\/repos$/)).toHaveLength(1);
  });
});
