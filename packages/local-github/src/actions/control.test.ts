import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunRecord } from './types';
import {
  listJobConclusions,
  listStepConclusions,
  TestPlatform,
  ZERO_SHA,
} from './testing/testPlatform';

/** Waits for what a test looks for; the test's own time-out ends a wait that is in vain. */
const until = async <T>(look: () => T | undefined | false): Promise<T> => {
  for (;;) {
    const found = look();
    if (found) return found;
    await sleep(10);
  }
};

describe('Actions service', () => {
  let platform: TestPlatform;
  beforeEach(() => {
    platform = new TestPlatform();
  });
  afterEach(() => platform.stop());

  const root = () => platform.root;
  const file = (name: string) => join(root(), name);
  const path = '.github/workflows/test.yml';
  const start = async (
    workflow: string,
    inputs: Record<string, string> = {},
  ): Promise<RunRecord> => {
    const { after } = platform.commit({ [path]: workflow });
    const [run] = await platform.actions.trigger(
      platform.createEvent({
        name: 'workflow_dispatch',
        sha: after,
        inputs,
        workflowPath: path,
      }),
    );
    return run;
  };
  const alive = (pidFile: string) => {
    const pid = readFileSync(pidFile, 'utf8').trim();
    try {
      // A zombie that nobody has waited for yet is dead as well.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  const long = (settings = '') => `
on: workflow_dispatch
${settings}
jobs:
  a:
    runs-on: x
    steps:
      - name: long
        run: |
          sleep 300 & echo $! > ${file('child')}
          setsid bash -c 'echo $$ > ${file('daemon')}; sleep 300' &
          until [ -s ${file('daemon')} ]; do sleep 0.01; done
          touch ${file('started')}
          wait
      - { name: next, run: "true" }
      - { name: always, if: "always()", run: "touch ${file('always')}" }
      - { name: on cancel, if: "cancelled()", run: "true" }
      - { name: on failure, if: "failure()", run: "true" }
  b: { needs: a, runs-on: x, steps: [{ run: "true" }] }
  c: { needs: a, if: "always()", runs-on: x, steps: [{ if: "always()", run: "true" }] }
`;

  describe('a newer run with cancel-in-progress', () => {
    it('ends the step and all it started, runs what always runs, skips the rest', async () => {
      const run = await start(long('concurrency: one'));
      await until(() => existsSync(file('started')));
      await start(`on: workflow_dispatch
concurrency: { group: one, cancel-in-progress: true }
jobs: { a: { runs-on: x, steps: [{ run: "true" }] } }
`);
      const finished = await platform.waitForEnd(run);
      expect(finished.run).toMatchObject({
        status: 'completed',
        conclusion: 'cancelled',
      });
      expect(listStepConclusions(finished)).toEqual({
        long: 'cancelled',
        next: 'skipped',
        always: 'success',
        'on cancel': 'success',
        'on failure': 'skipped',
      });
      expect(listJobConclusions(finished)).toEqual({
        a: 'cancelled',
        b: 'cancelled',
        c: 'cancelled',
      });
      expect([alive(file('child')), alive(file('daemon'))]).toEqual([
        false,
        false,
      ]);
    });
  });

  it('stop ends everything at once and leaves nothing behind', async () => {
    const run = await start(long());
    await until(() => existsSync(file('started')));
    await platform.actions.stop();
    expect(platform.store.get(run.id)).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
    });
    expect([alive(file('child')), alive(file('daemon'))]).toEqual([
      false,
      false,
    ]);
    expect([existsSync(file('always')), existsSync(file('work'))]).toEqual([
      false,
      false,
    ]);
    expect(
      await platform.actions.trigger(
        platform.createEvent({ sha: run.headSha }),
      ),
    ).toEqual([]);
  });

  it('what a step leaves in the background lives until the job ends', async () => {
    const finished = await platform.dispatch(`
on: workflow_dispatch
jobs:
  a:
    runs-on: x
    steps:
      - run: sleep 300 & echo $! > ${file('child')}
      - run: kill -0 $(cat ${file('child')}) && echo still there
`);
    expect(finished.log).toContain('still there');
    expect(alive(file('child'))).toBe(false);
    expect(readdirSync(file('work'))).toEqual([]);
  });

  it.each([
    {
      step: 'timeout-minutes: 0.01, ',
      job: '',
      conclusion: 'failure',
      message: 'The action has timed out after 0.01 minutes.',
      reason: 'of a step',
    },
    {
      step: '',
      job: 'timeout-minutes: 0.01',
      conclusion: 'cancelled',
      message: 'exceeded the maximum execution time of 0.01 minutes',
      reason: 'of a job',
    },
  ])(
    'keeps the time-out $reason',
    async ({ step, job, conclusion, message }) => {
      const finished = await platform.dispatch(`
on: workflow_dispatch
jobs:
  a:
    runs-on: x
    ${job}
    steps:
      - { ${step} run: "sleep 300 & echo $! > ${file('child')}; wait" }
      - { if: "always()", run: echo cleaned up }
`);
      expect(finished.run.conclusion).toBe(conclusion);
      expect(finished.log).toContain(message);
      expect(finished.log).toContain('cleaned up');
      expect(alive(file('child'))).toBe(false);
    },
  );

  describe('concurrency', () => {
    const grouped = (settings: string) => `
on: { workflow_dispatch: { inputs: { name: { type: string } } } }
${settings}
jobs:
  a:
    runs-on: x
    steps:
      - run: |
          touch ${root()}/started-\${{ inputs.name }}
          node -e "setInterval(() => require('fs').existsSync('${root()}/go') && process.exit(), 20)"
`;

    it('of a workflow: one runs, one waits, a newer one cancels the waiting one', async () => {
      const workflow = grouped(
        'concurrency: { group: "env-${{ github.ref }}", cancel-in-progress: false }',
      );
      const first = await start(workflow, { name: '1' });
      await until(() => existsSync(file('started-1')));
      const second = await start(workflow, { name: '2' });
      const third = await start(workflow, { name: '3' });
      await until(() => platform.store.get(second.id)?.conclusion);
      expect(platform.store.get(second.id)).toMatchObject({
        conclusion: 'cancelled',
        status: 'completed',
      });
      expect(platform.store.get(third.id)).toMatchObject({ status: 'queued' });
      writeFileSync(file('go'), '');
      expect((await platform.waitForEnd(third)).run.conclusion).toBe('success');
      expect(platform.store.get(first.id)?.conclusion).toBe('success');
      expect(existsSync(file('started-2'))).toBe(false);
    });

    it('of a workflow with queue: max: all wait their turn', async () => {
      const workflow = grouped('concurrency: { group: one, queue: max }');
      const runs = [];
      for (const name of ['1', '2', '3', '4'])
        runs.push(await start(workflow, { name }));
      await until(() => existsSync(file('started-1')));
      writeFileSync(file('go'), '');
      await platform.waitForEnd(runs[3]);
      const ended = runs.map(({ id }) => platform.store.get(id)!);
      expect(ended.map(({ conclusion }) => conclusion)).toEqual(
        Array(4).fill('success'),
      );
      const times = ended.map(({ jobs }) => jobs[0]);
      for (const [index, job] of times.slice(1).entries())
        expect(job.startedAt! >= times[index].completedAt!).toBe(true);
    });
    it('of a workflow with queue: max and cancel-in-progress fails', async () => {
      const finished = await platform.dispatch(
        `on: workflow_dispatch
concurrency: { group: one, queue: max, cancel-in-progress: true }
jobs: { a: { runs-on: x, steps: [{ run: "true" }] } }
`,
      );
      expect(finished.run.conclusion).toBe('failure');
      expect(finished.log).toContain(
        "concurrency group 'one': queue: max can't be combined with cancel-in-progress: true",
      );
    });
    it('of a workflow with cancel-in-progress: the newer one ends the running one', async () => {
      const workflow = grouped(
        'concurrency: { group: one, cancel-in-progress: true }',
      );
      const first = await start(workflow, { name: '1' });
      await until(() => existsSync(file('started-1')));
      const second = await start(workflow, { name: '2' });
      await until(() => existsSync(file('started-2')));
      expect(platform.store.get(first.id)?.conclusion).toBe('cancelled');
      writeFileSync(file('go'), '');
      expect((await platform.waitForEnd(second)).run.conclusion).toBe(
        'success',
      );
    });

    it('of a job: by what its matrix says', async () => {
      const finished = await platform.dispatch(`
on: workflow_dispatch
jobs:
  a:
    runs-on: x
    concurrency: { group: "apply-\${{ matrix.environment }}", cancel-in-progress: false }
    strategy: { matrix: { environment: [dev, prod] } }
    steps: [{ run: "true" }]
`);
      expect(listJobConclusions(finished)).toEqual({
        'a (dev)': 'success',
        'a (prod)': 'success',
      });
    });

    it('names a run that would wait for itself', async () => {
      const finished = await platform.dispatch(`
on: workflow_dispatch
concurrency: same
jobs: { a: { runs-on: x, concurrency: same, steps: [{ run: "true" }] } }
`);
      expect(finished.run.conclusion).toBe('failure');
      expect(finished.log).toContain(
        "a deadlock was detected for concurrency group: 'same'",
      );
    });
  });

  describe('triggers', () => {
    const on = (events: string) =>
      `on: ${events}\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }`;

    it('looks at branch and files of a push', async () => {
      await platform.push({
        '.github/workflows/paths.yml': on(
          '{ push: { branches: [main], paths: ["envs/**/terraform.tfvars"] } }',
        ),
        '.github/workflows/other.yml': on('{ push: { branches: [other] } }'),
      });
      const paths = async (files: Record<string, string>, options = {}) =>
        (await platform.push(files, options)).map(run => run.workflowPath);
      expect(await paths({ 'README.md': 'x' })).toEqual([]);
      expect(
        await paths({ 'envs/dev-rds/terraform.tfvars': 'x', 'README.md': 'y' }),
      ).toEqual(['.github/workflows/paths.yml']);
      expect(
        await paths(
          { 'envs/dev-rds/terraform.tfvars': 'z' },
          { message: 'audit [skip ci]' },
        ),
      ).toEqual([]);
      expect(
        await paths(
          { 'envs/dev-rds/terraform.tfvars': 'z' },
          { branch: 'other' },
        ),
      ).toEqual(['.github/workflows/other.yml']);
    });

    it('looks at what a pull request changes, and at its base', async () => {
      const { after: base } = platform.commit({
        [path]: on(
          '{ pull_request: { branches: [main], paths: ["envs/**"] } }',
        ),
      });
      platform.commit({ 'docs.md': 'x' }, { branch: 'main' });
      const head = platform.commit(
        {
          'envs/a': 'x',
          [path]: on(
            '{ pull_request: { branches: [main], paths: ["envs/**"] } }',
          ),
        },
        { branch: 'change' },
      );
      const opened = (baseRef: string) =>
        platform.actions.trigger(
          platform.createEvent({
            name: 'pull_request',
            ref: 'refs/pull/1/merge',
            sha: head.after,
            payload: {
              action: 'opened',
              number: 1,
              pull_request: {
                title: 'Change',
                head: { ref: 'change', sha: head.after },
                base: { ref: baseRef, sha: base },
              },
            },
          }),
        );
      expect(await opened('main')).toMatchObject([
        { displayTitle: 'Change', headBranch: 'change', headSha: head.after },
      ]);
      expect(await opened('other')).toEqual([]);
    });

    it('starts nothing for a branch that is deleted', async () => {
      const { after } = platform.commit({ [path]: on('push') });
      const event = platform.createEvent({
        sha: ZERO_SHA,
        payload: { before: after, after: ZERO_SHA },
      });
      expect(await platform.actions.trigger(event)).toEqual([]);
    });

    it('shows a broken workflow file as a failed run, with line and reason', async () => {
      const [run] = await platform.push({
        [path]: 'on: push\njobs:\n  a:\n    runs-on: x\n    nosuch: 1\n',
      });
      const finished = await platform.waitForEnd(run);
      expect(finished.run).toMatchObject({
        conclusion: 'failure',
        displayTitle: path,
      });
      expect(finished.log).toContain(
        `${path} (Line: 5, Col: 5): Unexpected value 'nosuch'`,
      );
    });

    it('numbers the runs of each workflow, going on after a restart', async () => {
      await platform.push({ [path]: on('push') });
      const [second] = await platform.push({ a: '' });
      await platform.actions.idle();
      const restarted = new TestPlatform({
        store: platform.store,
        gitDir: repo => platform.gitDir(repo),
      });
      const sha = second.headSha;
      const [third] = await restarted.actions.trigger(
        platform.createEvent({ sha }),
      );
      await restarted.stop();
      expect([second.runNumber, third.runNumber]).toEqual([2, 3]);
    });
  });

  describe('validateDispatch', () => {
    const dispatchable = `
name: Create
on: { workflow_dispatch: { inputs: { environment: { type: choice, required: true, options: [dev, prod] }, dry: { type: boolean } } } }
jobs: { a: { runs-on: x, steps: [{ run: "true" }] } }
`;
    const push = dispatchable.replace(/on: .*/, 'on: push');
    beforeEach(() => {
      platform.commit({
        [path]: dispatchable,
        '.github/workflows/push.yml': push,
        '.github/workflows/notes.md': '',
      });
      platform.commit({ [path]: 'on: [', more: '' }, { branch: 'broken' });
    });

    it.each([
      {
        ref: 'main',
        file: 'test.yml',
        given: { environment: 'dev' },
        result: {
          workflowPath: path,
          inputs: { environment: 'dev', dry: 'false' },
        },
        reason: 'by file name',
      },
      {
        ref: 'refs/heads/main',
        file: path,
        given: { environment: 'dev', dry: 'true' },
        result: {
          workflowPath: path,
          inputs: { environment: 'dev', dry: 'true' },
        },
        reason: 'by path and full ref',
      },
      {
        ref: 'main',
        file: 'nosuch.yml',
        given: {},
        result: undefined,
        reason: 'no such workflow',
      },
      {
        ref: 'main',
        file: 'notes.md',
        given: {},
        result: undefined,
        reason: 'not a workflow',
      },
      {
        ref: 'nosuch',
        file: 'test.yml',
        given: {},
        result: { error: 'No ref found for: nosuch' },
        reason: 'no such ref',
      },
      {
        ref: 'main',
        file: 'push.yml',
        given: {},
        result: { error: "Workflow does not have 'workflow_dispatch' trigger" },
        reason: 'cannot be dispatched',
      },
      {
        ref: 'main',
        file: 'test.yml',
        given: {},
        result: { error: "Required input 'environment' not provided" },
        reason: 'a missing input',
      },
      {
        ref: 'main',
        file: 'test.yml',
        given: { environment: 'x' },
        result: {
          error:
            "Provided value 'x' for input 'environment' not in the list of allowed values",
        },
        reason: 'no option',
      },
      {
        ref: 'main',
        file: 'test.yml',
        given: { nosuch: 'x' },
        result: { error: 'Unexpected inputs provided: ["nosuch"]' },
        reason: 'an unknown input',
      },
      {
        ref: 'broken',
        file: 'test.yml',
        given: {},
        result: {
          error: expect.stringMatching(
            /^failed to parse workflow: .*test\.yml/,
          ),
        },
        reason: 'a broken file',
      },
    ])('$reason', async ({ ref, file: workflowFile, given, result }) => {
      const check = await platform.actions.validateDispatch(
        platform.repo,
        ref,
        workflowFile,
        given as Record<string, string>,
      );
      expect(check).toEqual(result);
    });

    it('lists the workflows, and finds them by number', async () => {
      const listed = await platform.actions.listWorkflows(platform.repo);
      expect(listed.map(({ name, path: at }) => [name, at])).toEqual([
        ['Create', '.github/workflows/push.yml'],
        ['Create', path],
      ]);
      const check = await platform.actions.validateDispatch(
        platform.repo,
        'main',
        String(listed[1].id),
        { environment: 'prod' },
      );
      expect(check).toMatchObject({ workflowPath: path });
      expect(
        await platform.actions.listWorkflows({ owner: 'acme', name: 'nosuch' }),
      ).toEqual([]);
    });
  });
});
