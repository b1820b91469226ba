import {
  chmodSync,
  cpSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { skeletonsFolder } from '../render/skeletons';
import {
  exampleInputs,
  newFolder,
  newTask,
  runAction,
} from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { Harness, newHarness } from '../testing/harness';
import { newRenderApp } from '../testing/renderApp';
import { createAppPublishAction } from './appPublish';
import { exampleApp } from './exampleApp';
import { exampleRequest } from './exampleRequest';

const CREATE = /^\/orgs\/acme\/repos$/;
const PROTECT = /\/branches\/main\/protection$/;
const PUSH = /\/git-receive-pack$/;
const SLUG = 'acme/user-service';
const PAGE = 'http://backstage/create/tasks/task-1';
const input = { request: exampleRequest };
const claimKey = { requestId: 'dev-users_db', taskId: 'task-1' };

describe('goldenpath:app:publish', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let action: ReturnType<typeof createAppPublishAction>;

  const newAction = (skeletons?: string) =>
    createAppPublishAction({
      config: harness.config,
      claims: harness.claims,
      githubFor: harness.githubFor,
      renderApp: newRenderApp(harness, skeletons),
      author: { name: 'Scaffolder', email: 'scaffolder@backstage.io' },
      taskUrl: taskId => `http://backstage/create/tasks/${taskId}`,
    });

  // One for all tests: the rendered files name its port.
  beforeAll(async () => {
    github = new FakeGitHub();
    await github.start();
  });
  beforeEach(async () => {
    removeRepo();
    github.faults.length = 0;
    github.onAnswer = () => {};
    harness = await newHarness(github);
    action = newAction();
  });
  afterAll(() => github.stop());

  const removeRepo = () => {
    github.repos.delete(SLUG);
    git('update-ref', '-d', 'refs/heads/main');
    github.requests.length = 0;
  };

  const git = (...args: string[]) => github.git(SLUG, args);
  const paths = () => git('ls-tree', '-r', '--name-only', 'main').split('\n');
  const head = () => git('rev-parse', 'main');
  const commits = () => git('rev-list', '--count', 'main');
  const writes = () =>
    github.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  const outputs = () => ({
    remoteUrl: `http://${github.host}/${SLUG}.git`,
    repoContentsUrl: `http://${github.host}/${SLUG}/blob/main`,
    repoUrl: `http://${github.host}/${SLUG}`,
  });
  let clean: string | undefined;
  /** The commit of a run that nothing disturbs. */
  const cleanRun = async () => {
    if (clean) return clean;
    await runAction(action, input);
    clean = head();
    removeRepo();
    await harness.claims.setRepoState(claimKey, 'none');
    return clean;
  };
  /** A repository that an attempt of this task created, before its push. */
  const created = async (state: 'creating' | 'created' = 'created') => {
    const key = { ...claimKey, repo: `${github.host}/${SLUG}` };
    await harness.claims.take(key);
    await harness.claims.setRepoState(key, state);
    github.addRepo(SLUG, PAGE);
  };
  /** Commits files in the bare repository. */
  const commit = (
    files: Record<string, string>,
    message: string,
    email = 'scaffolder@backstage.io',
    parent?: string,
  ) => {
    const folder = newFolder();
    for (const [path, text] of Object.entries(files))
      writeFileSync(join(folder, path), text);
    git('--work-tree', folder, 'add', '--all', '.');
    const id = git(
      ...['-c', 'user.name=x', '-c', `user.email=${email}`],
      ...['commit-tree', git('write-tree'), '-m', message],
      ...(parent ? ['-p', parent] : []),
    );
    git('update-ref', 'refs/heads/main', id);
    return id;
  };

  it('every example publishes the app in one commit, with two writes of the API', async () => {
    for (const example of exampleInputs(action)) {
      expect(await runAction(action, example.input)).toEqual(outputs());
    }
    expect(paths()).toEqual(
      expect.arrayContaining(['app.py', 'deploy/base/externalsecret.yaml']),
    );
    expect(commits()).toBe('1');
    const [{ body }] = github.calls('POST', CREATE);
    expect(body).toMatchObject({
      name: 'user-service',
      description: 'Users and their addresses',
      homepage: PAGE,
      private: true,
      visibility: 'private',
      // Every commit on main is then one that a review saw as a whole.
      allow_rebase_merge: false,
    });
    const [{ body: protection }] = github.calls('PUT', PROTECT);
    expect(protection).toMatchObject({
      enforce_admins: true,
      required_pull_request_reviews: {
        required_approving_review_count: 1,
        dismiss_stale_reviews: true,
        require_last_push_approval: true,
      },
    });
    expect(writes()).toEqual([
      'POST /orgs/acme/repos',
      `POST /${SLUG}.git/git-receive-pack`,
      `PUT /repos/${SLUG}/branches/main/protection`,
    ]);
    expect(await harness.claims.get(claimKey)).toMatchObject({
      repoState: 'published',
    });
  });

  it('publishes an app without a database, once', async () => {
    const skeletons = newFolder();
    mkdirSync(join(skeletons, 'common'));
    mkdirSync(join(skeletons, 'plain'));
    writeFileSync(
      join(skeletons, 'plain/catalog-info.yaml'),
      'name: ${{ values.component_id }}\n',
    );
    const slug = `acme/${exampleApp.component_id}`;
    const plain = { request: exampleApp, skeleton: 'plain' };
    const publish = () => runAction(newAction(skeletons), plain);
    const first = await publish();
    expect(first.repoUrl).toBe(`http://${github.host}/${slug}`);
    expect(github.git(slug, ['show', 'main:catalog-info.yaml'])).toBe(
      'name: price-calculator',
    );
    expect(
      await harness.claims.get({
        requestId: 'app/price-calculator',
        taskId: 'task-1',
      }),
    ).toMatchObject({ repoState: 'published', request: exampleApp });
    github.requests.length = 0;
    expect(await publish()).toEqual(first);
    expect(writes()).toEqual([]);
  });

  it('publishes the rendered app, whatever is in the workspace', async () => {
    const workspacePath = newFolder();
    writeFileSync(join(workspacePath, 'app.py'), 'cut o');
    writeFileSync(join(workspacePath, 'left.txt'), 'of another attempt');
    await runAction(action, input, { workspacePath });
    expect(paths()).not.toContain('left.txt');
    expect(git('show', 'main:app.py')).not.toBe('cut o');
  });

  it('keeps executable files and links of the skeleton', async () => {
    const skeletons = newFolder();
    cpSync(skeletonsFolder(), skeletons, { recursive: true });
    const skeleton = join(skeletons, 'backend-app-rds');
    mkdirSync(join(skeleton, 'bin'));
    writeFileSync(join(skeleton, 'bin/run'), '#!/bin/sh\n');
    chmodSync(join(skeleton, 'bin/run'), 0o755);
    symlinkSync('../app.py', join(skeleton, 'bin/app'));
    symlinkSync('../deploy', join(skeleton, 'bin/folder'));
    await runAction(newAction(skeletons), input);
    expect(
      git('ls-tree', '-r', 'main', 'bin').replace(/ blob \S+\t/g, ' '),
    ).toBe('120000 bin/app\n120000 bin/folder\n100755 bin/run');
    expect(git('show', 'main:bin/app')).toBe('../app.py');
  });

  it('never touches a published repository again', async () => {
    const task = newTask();
    await runAction(action, input, { task });
    const byDeveloper = commit({ 'app.py': 'x' }, 'mine', 'jane@x', head());
    github.requests.length = 0;
    expect(await runAction(action, input, { task })).toEqual(outputs());
    // Not even a history that looks like an attempt's.
    commit({ 'app.py': 'cut' }, 'feat: user-service from the golden path');
    const rewritten = head();
    expect(rewritten).not.toBe(byDeveloper);
    expect(await runAction(action, input, { task })).toEqual(outputs());
    expect(writes()).toEqual([]);
    expect(head()).toBe(rewritten);
  });

  it('says that a published repository was deleted', async () => {
    await runAction(action, input);
    github.repos.delete(SLUG);
    github.requests.length = 0;
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('was published by this task'),
    });
    expect(writes()).toEqual([]);
  });

  const cuts: Array<{ reason: string; given: () => unknown; log?: string }> = [
    { reason: 'before the push', given: () => created() },
    {
      reason: 'after the creation, before it was recorded',
      given: () => created('creating'),
    },
    {
      reason: 'after a push of an earlier version that lost half the files',
      given: async () => {
        await created();
        commit({ 'app.py': 'cut' }, 'feat: user-service from the golden path');
      },
      log: 'Replacing commit',
    },
    {
      reason: 'after a reset push that left .gitkeep',
      given: async () => {
        await created();
        commit({ '.gitkeep': '' }, 'initialize repository', 'app@x');
      },
      log: 'Replacing commit',
    },
  ];
  it.each(cuts)(
    'completes an attempt that ended $reason, as a clean run does',
    async ({ given, log = 'Continuing with' }) => {
      const expected = await cleanRun();
      await given();
      const said: string[] = [];
      const result = await runAction(action, input, {
        log: line => said.push(line),
      });
      expect(result).toEqual(outputs());
      expect(head()).toBe(expected);
      expect(said.join('\n')).toContain(log);
      expect(github.calls('POST', CREATE)).toEqual([]);
      expect(github.calls('PUT', PROTECT)).toHaveLength(1);
    },
  );

  it('completes an attempt that ended after the push, without another one', async () => {
    github.faults.push({ method: 'PUT', path: PROTECT, status: 500, times: 5 });
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    const pushed = head();
    // A developer was faster than Retry.
    commit({ 'app.py': 'x' }, 'mine', 'jane@x', pushed);
    expect(await runAction(action, input)).toEqual(outputs());
    expect(github.calls('POST', PUSH)).toHaveLength(1);
    expect(git('rev-parse', 'main~1')).toBe(pushed);
    expect(await harness.claims.get(claimKey)).toMatchObject({
      repoState: 'published',
    });
  });

  const faults = [
    {
      reason: 'the creation answers 502 and was executed',
      fault: { method: 'POST', path: CREATE, loseAnswer: true },
      creates: 1,
      pushes: 1,
    },
    {
      reason: 'the creation is reset and was not executed',
      fault: { method: 'POST', path: CREATE, reset: true },
      creates: 2,
      pushes: 1,
    },
    {
      reason: 'the push is reset and was not executed',
      fault: { method: 'POST', path: PUSH, reset: true },
      creates: 1,
      pushes: 2,
    },
    {
      reason: "the push's answer is lost",
      fault: { method: 'POST', path: PUSH, loseAnswer: true },
      creates: 1,
      pushes: 1,
    },
    {
      reason: "the push's answer takes longer than Node's agents wait",
      fault: { method: 'POST', path: PUSH, delayMs: 6_000 },
      creates: 1,
      pushes: 1,
    },
    {
      reason: 'git does not know the new repository yet',
      fault: { method: 'GET', path: /\/info\/refs$/, status: 404 },
      creates: 1,
      pushes: 1,
    },
    {
      reason: 'the API does not know the new branch yet',
      fault: {
        method: 'PUT',
        path: PROTECT,
        status: 404,
        body: { message: 'Branch not found' },
      },
      creates: 1,
      pushes: 1,
    },
  ];
  it.each(faults)(
    'needs no Retry when $reason',
    async ({ fault, creates, pushes }) => {
      const expected = await cleanRun();
      github.faults.push(fault);
      expect(await runAction(action, input)).toEqual(outputs());
      expect(head()).toBe(expected);
      expect(commits()).toBe('1');
      expect(github.calls('POST', CREATE)).toHaveLength(creates);
      expect(github.calls('POST', PUSH)).toHaveLength(pushes);
    },
  );

  const foreign: Array<{ given: () => unknown; reason: string }> = [
    {
      given: () => github.addRepo(SLUG, ''),
      reason: 'another person created it',
    },
    {
      given: () => github.addRepo(SLUG, 'http://backstage/create/tasks/task-0'),
      reason: 'another task created it',
    },
    {
      given: async () => {
        await created('creating');
        github.repos.get(SLUG)!.homepage = '';
      },
      reason: 'another person created it just before this task',
    },
  ];
  it.each(foreign)('never changes a repository: $reason', async ({ given }) => {
    await given();
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('belongs to another task or person'),
    });
    expect(writes()).toEqual([]);
    expect(head()).toBe('main');
  });

  it('never changes a branch that a person filled', async () => {
    await created();
    const theirs = commit({ 'app.py': 'x' }, 'mine', 'jane@x');
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        `is at commit ${theirs}, and it or another branch has commits that this task did not create; nothing was changed`,
      ),
    });
    expect(writes()).toEqual([]);
    expect(head()).toBe(theirs);
  });

  it('does not replace what a person has branched off', async () => {
    await created();
    const half = commit(
      { 'app.py': 'cut' },
      'feat: user-service from the golden path',
    );
    git('update-ref', 'refs/heads/fix', half);
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    expect(writes()).toEqual([]);
    expect(head()).toBe(half);
    git('update-ref', '-d', 'refs/heads/fix');
  });

  it('does not overwrite a push of a person that comes between', async () => {
    let theirs = '';
    github.onAnswer = path => {
      if (!path.endsWith('/commits') || theirs) return;
      theirs = commit({ 'app.py': 'x' }, 'mine', 'jane@x');
    };
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    expect(head()).toBe(theirs);
  });

  it('creates nothing for a skeleton that does not render', async () => {
    const skeletons = newFolder();
    for (const layer of ['common', 'common-deployment', 'backend-app-rds'])
      mkdirSync(join(skeletons, layer));
    writeFileSync(join(skeletons, 'backend-app-rds/README.md'), 'x');
    await expect(runAction(newAction(skeletons), input)).rejects.toThrow(
      'does not render to a complete app; nothing is published',
    );
    expect(writes()).toEqual([]);
  });

  it.each([
    { status: 403, times: 1 },
    // Tried again: GitHub may not know its new branch yet.
    { status: 404, times: 5 },
  ])(
    'only warns when the branch cannot be protected: $status',
    async ({ status, times }) => {
      for (let time = 0; time < times; time += 1)
        github.faults.push({ method: 'PUT', path: PROTECT, status });
      const log: string[] = [];
      await runAction(action, input, { log: line => log.push(line) });
      expect(log.join()).toContain('The branch is not protected');
      expect(await harness.claims.get(claimKey)).toMatchObject({
        repoState: 'published',
      });
    },
  );

  it('a dry run lists the files and creates nothing', async () => {
    expect(action.supportsDryRun).toBe(true);
    const log: string[] = [];
    const result = await runAction(action, input, {
      isDryRun: true,
      log: line => log.push(line),
    });
    expect(result).toEqual({ ...outputs(), preview: expect.any(String) });
    expect(result.preview).toMatch(
      /^A task would create the private repository http:\/\/localhost:\d+\/acme\/user-service, and push \d+ files to main in one commit:\n\n(- .*\n)*- `app\.py` \(\d+ bytes\)\n/,
    );
    expect(log.join('\n')).toContain(result.preview);
    expect(writes()).toEqual([]);
    expect(await harness.claims.get(claimKey)).toBeUndefined();
  });

  it('does nothing for a cancelled task, or without the claim', async () => {
    await expect(
      runAction(action, input, { signal: AbortSignal.abort() }),
    ).rejects.toThrow('cancelled');
    await harness.claims.take({
      requestId: 'dev-users_db',
      repo: 'x',
      taskId: 'task-0',
    });
    await expect(runAction(action, input)).rejects.toMatchObject({
      name: 'ConflictError',
    });
    expect(github.requests).toEqual([]);
  });
});
