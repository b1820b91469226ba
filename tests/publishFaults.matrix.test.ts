import type { Fault } from '@goldenpath/local-github';
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textOf } from '../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import { bootForm } from './support/bootForm';
import { createFolder } from './support/createFolder';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import {
  readQuickWorkflow,
  REQUEST_WORKFLOW,
} from './support/replica/quickWorkflow';

const CREATE: Pick<Fault, 'method' | 'path'> = {
  method: 'POST',
  path: '/orgs/acme/repos',
};
const PUSH: Pick<Fault, 'method' | 'path'> = {
  method: 'POST',
  // The workflow pushes, too: to the infra repo.
  path: /\/publish-\d+\.git\/git-receive-pack$/,
};
const PROTECT: Pick<Fault, 'method' | 'path'> = {
  method: 'PUT',
  path: /\/branches\/main\/protection$/,
};
const PROTECTION = {
  required_status_checks: null,
  enforce_admins: true,
  required_pull_request_reviews: { required_approving_review_count: 1 },
  restrictions: null,
};
const MESSAGE = (app: string) => `feat: ${app} from the golden path`;

/** The shipped template in a Backstage backend, against the local GitHub; its workflow runs only open the pull request. */
describe('publishing the app, when an attempt ends early', () => {
  let infra: InfraGitHub;
  let form: Awaited<ReturnType<typeof bootForm>>;
  let clean: string[];
  let forms = 0;

  beforeAll(async () => {
    infra = await startInfraGitHub({
      without: ['rds-database-guard.yml', 'rds-database-rebase.yml'],
      files: { [REQUEST_WORKFLOW]: readQuickWorkflow() },
    });
    form = await bootForm(infra, {
      // What a recovered task may find: a workspace that lacks files.
      changeTemplate: text => {
        const changed = text.replace(
          '    - id: publish\n',
          `    - id: lose-files
      name: Lose files
      action: fs:delete
      input:
        files: [app.py, deploy]
    - id: publish
`,
        );
        expect(changed).not.toBe(text);
        return changed;
      },
    });
    const { app, end } = await fill();
    expectDone(await end());
    clean = filesOf(app);
  });
  afterEach(() => infra.github.faults.clear());
  afterAll(async () => {
    await form?.stop();
    await infra?.stop();
  });

  const fill = async () => {
    forms += 1;
    const number = String(forms).padStart(2, '0');
    const app = `publish-${number}`;
    const { body } = await form.createTask({
      component_id: app,
      databaseName: `publish_${number}_db`,
      username: `publish_${number}_user`,
      owner: 'group:default/platform-team',
      environment: 'dev',
    });
    const end = async () => {
      const { status, events } = await form.finished(body.id);
      return { status, says: textOf(events) };
    };
    const retry = async () => {
      infra.github.faults.clear();
      expect((await form.retry(body.id)).status).toBeLessThan(300);
      return end();
    };
    return { app, id: body.id as string, end, retry };
  };
  const expectDone = (task: { status: string; says: string }) =>
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : task.says,
    }).toEqual({ status: 'completed', says: '' });

  const git = (app: string, ...args: string[]) =>
    execFileSync(
      'git',
      ['-C', infra.github.gitDir({ owner: 'acme', name: app }), ...args],
      { encoding: 'latin1' },
    ).trim();
  const tip = (app: string) => git(app, 'rev-parse', 'main');
  /** Mode, path and bytes of every file, without the app's names. */
  const filesOf = (app: string) =>
    git(app, 'ls-tree', '-r', 'main')
      .split('\n')
      .map(line => {
        const [, mode, id, path] = /^(\d+) blob (\w+)\t(.*)$/.exec(line)!;
        return `${mode} ${path}\n${git(app, 'cat-file', 'blob', id)}`;
      })
      .map(text =>
        text
          .replaceAll(app, '{app}')
          .replaceAll(app.replace('-', '_'), '{database}'),
      );
  const expectClean = async (app: string) => {
    expect(filesOf(app)).toEqual(clean);
    expect(git(app, 'rev-list', '--count', '--all')).toBe('1');
    const protection = `/repos/acme/${app}/branches/main/protection`;
    expect((await infra.call('GET', protection)).status).toBe(200);
  };
  /** How often the calls come, which are executed as ever. */
  const count = (call: Pick<Fault, 'method' | 'path'>) =>
    infra.github.faults.next({ kind: 'slow', delay: 0, times: 99, ...call });
  const push = async (
    app: string,
    text: string,
    message: string,
    email: string,
  ) => {
    const folder = createFolder();
    // The GitHub that answers runs in this process.
    const run = (...args: string[]) =>
      promisify(execFile)('git', ['-C', folder, ...args]);
    await run('init', '--quiet', '-b', 'main');
    writeFileSync(join(folder, 'README.md'), text);
    await run('add', '.');
    await run(
      ...['-c', 'user.name=Scaffolder', '-c', `user.email=${email}`],
      ...['commit', '--quiet', '-m', message],
    );
    const remote = infra.github.url.replace(
      '//',
      '//x-access-token:local-token@',
    );
    await run('push', '--quiet', `${remote}/acme/${app}.git`, 'main');
  };

  const nobodyIsNeeded: Array<{
    fault: Fault;
    creates: number;
    pushes: number;
    reason: string;
  }> = [
    {
      fault: { kind: 'reset-before', ...CREATE },
      creates: 1,
      pushes: 1,
      reason: 'the connection breaks before the repository is created',
    },
    {
      fault: { kind: 'reset-after', ...CREATE },
      creates: 0,
      pushes: 1,
      reason: 'the connection breaks after the repository was created',
    },
    {
      fault: { kind: 'bad-gateway-after', ...CREATE },
      creates: 0,
      pushes: 1,
      reason: '502 after the repository was created',
    },
    {
      fault: { kind: 'reset-before', ...PUSH },
      creates: 1,
      pushes: 1,
      reason: 'the push is reset before it arrives',
    },
    {
      fault: { kind: 'reset-after', ...PUSH },
      creates: 1,
      pushes: 0,
      reason: 'the push is reset after it arrived',
    },
    {
      fault: { kind: 'bad-gateway-after', ...PUSH },
      creates: 1,
      pushes: 0,
      reason: '502 after the push',
    },
    {
      fault: { kind: 'slow', ...PUSH, delay: 7_000 },
      creates: 1,
      pushes: 0,
      reason: "the push's answer takes seven seconds",
    },
    {
      fault: {
        kind: 'not-found',
        method: 'GET',
        path: /\/publish-\d+\.git\/info\/refs$/,
      },
      creates: 1,
      pushes: 1,
      reason: 'git does not know the new repository yet',
    },
    {
      fault: { kind: 'bad-gateway-before', ...PROTECT, times: 2 },
      creates: 1,
      pushes: 1,
      reason: '502 instead of protecting the branch',
    },
  ];
  it.each(nobodyIsNeeded)(
    'ends with the rendered app in one commit: $reason',
    async ({ fault, creates, pushes }) => {
      const met = infra.github.faults.next(fault);
      const [created, pushed] = [count(CREATE), count(PUSH)];
      const { app, end } = await fill();
      expectDone(await end());
      expect(met.met).toBe(fault.times ?? 1);
      expect([created.met, pushed.met]).toEqual([creates, pushes]);
      await expectClean(app);
    },
  );

  const left: Array<{ leave(app: string): unknown; reason: string }> = [
    {
      leave: app => push(app, 'half', MESSAGE(app), 'scaffolder@backstage.io'),
      reason: 'half of the app, as an earlier version pushed it',
    },
    {
      leave: async app => {
        await push(app, 'half', MESSAGE(app), 'scaffolder@backstage.io');
        const protection = `/repos/acme/${app}/branches/main/protection`;
        const answer = await infra.call('PUT', protection, PROTECTION);
        expect(answer.status).toBe(200);
      },
      reason: 'half of the app on a protected branch',
    },
    {
      leave: async app => {
        const answer = await infra.call(
          'PUT',
          `/repos/acme/${app}/contents/.gitkeep`,
          { message: 'initialize repository', content: '', branch: 'main' },
        );
        expect(answer.status).toBe(201);
      },
      reason: "the .gitkeep of Backstage's push after a reset",
    },
  ];
  it.each(left)('Retry replaces $reason', async ({ leave }) => {
    infra.github.faults.next({ kind: 'reset-before', ...PUSH, times: 3 });
    const { app, end, retry } = await fill();
    const failed = await end();
    expect(failed.status).toBe('failed');
    expect(failed.says).toContain('GitHub did not answer the push to main');
    await leave(app);
    expect(git(app, 'rev-list', '--count', 'main')).toBe('1');

    expectDone(await retry());
    await expectClean(app);
  });

  it('Retry refuses a branch that a person filled, and touches nothing', async () => {
    infra.github.faults.next({ kind: 'reset-before', ...PUSH, times: 3 });
    const { app, end, retry } = await fill();
    expect((await end()).status).toBe('failed');
    await push(app, 'mine', 'first commit', 'jane@example.com');
    const theirs = tip(app);

    const { status, says } = await retry();
    expect(status).toBe('failed');
    expect(says).toContain(
      `is at commit ${theirs}, and it or another branch has commits that this task did not create; nothing was changed`,
    );
    expect(tip(app)).toBe(theirs);
    const protection = `/repos/acme/${app}/branches/main/protection`;
    expect((await infra.call('GET', protection)).status).toBe(404);
  });

  it('Retry changes nothing once developers have committed', async () => {
    const { app, end, retry } = await fill();
    expectDone(await end());
    const answer = await infra.call(
      'DELETE',
      `/repos/acme/${app}/branches/main/protection`,
    );
    expect(answer.status).toBe(204);
    commitOnTop(app);
    const theirs = tip(app);
    expectDone(await retry());
    expect(tip(app)).toBe(theirs);
    expect(git(app, 'rev-list', '--count', 'main')).toBe('2');
  });
  const commitOnTop = (app: string) => {
    const commit = git(
      app,
      ...['-c', 'user.name=Jane', '-c', 'user.email=jane@example.com'],
      ...['commit-tree', 'main^{tree}', '-p', 'main', '-m', 'mine'],
    );
    git(app, 'update-ref', 'refs/heads/main', commit);
  };
});
