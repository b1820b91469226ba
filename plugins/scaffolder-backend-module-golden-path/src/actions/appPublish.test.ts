import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createGithubBranchProtectionAction,
  createGithubRepoCreateAction,
  createGithubRepoPushAction,
} from '@backstage/plugin-scaffolder-backend-module-github';
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
import { exampleRequest } from './exampleRequest';

const CREATE = /^\/orgs\/acme\/repos$/;
const PROTECT = /\/branches\/main\/protection$/;
const SLUG = 'acme/user-service';
const input = { request: exampleRequest };
const claimKey = { requestId: 'dev-users_db', taskId: 'task-1' };

describe('goldenpath:app:publish', () => {
  let github: FakeGitHub;
  let harness: Harness;
  let action: ReturnType<typeof createAppPublishAction>;
  let failPush: boolean;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    harness = await newHarness(github);
    failPush = false;
    const ofGithub = {
      integrations: harness.integrations,
      config: harness.rootConfig,
      githubCredentialsProvider: harness.credentials,
    };
    const push = createGithubRepoPushAction(ofGithub);
    action = createAppPublishAction({
      config: harness.config,
      claims: harness.claims,
      githubFor: harness.githubFor,
      actions: {
        create: createGithubRepoCreateAction(ofGithub),
        push: {
          handler: async ctx => {
            await push.handler(ctx);
            if (failPush) throw new Error('cut after the push');
          },
        },
        protect: createGithubBranchProtectionAction(ofGithub),
      },
      renderApp: newRenderApp(harness),
      taskUrl: taskId => `http://backstage/create/tasks/${taskId}`,
    });
  });
  afterEach(() => github.stop());

  const workspace = () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'app.py'), 'print("from the workspace")\n');
    return folder;
  };
  const pushed = () =>
    github.git(SLUG, ['ls-tree', '-r', '--name-only', 'main']);
  const outputs = () => ({
    remoteUrl: `http://${github.host}/${SLUG}.git`,
    repoContentsUrl: `http://${github.host}/${SLUG}/blob/main`,
    repoUrl: `http://${github.host}/${SLUG}`,
  });

  it('every example publishes the workspace', async () => {
    for (const example of exampleInputs(action)) {
      expect(
        await runAction(action, example.input, { workspacePath: workspace() }),
      ).toEqual(outputs());
    }
    expect(pushed()).toBe('app.py');
    const [{ body }] = github.calls('POST', CREATE);
    expect(body).toMatchObject({
      name: 'user-service',
      description: 'Users and their addresses',
      homepage: 'http://backstage/create/tasks/task-1',
      private: true,
    });
    expect(github.calls('PUT', PROTECT)).toHaveLength(1);
    expect(await harness.claims.get(claimKey)).toMatchObject({
      repoState: 'created',
    });
  });

  it('a second run changes nothing', async () => {
    const task = newTask();
    await runAction(action, input, { task, workspacePath: workspace() });
    const head = github.git(SLUG, ['rev-parse', 'main']);
    expect(await runAction(action, input, { task })).toEqual(outputs());
    expect(github.git(SLUG, ['rev-parse', 'main'])).toBe(head);
    expect(github.calls('POST', CREATE)).toHaveLength(1);
  });

  it('renders again when the workspace is empty', async () => {
    await runAction(action, input);
    expect(pushed().split('\n')).toEqual(
      expect.arrayContaining(['app.py', 'deploy/base/externalsecret.yaml']),
    );
  });

  it('continues with a repository that was created although the answer was lost', async () => {
    github.faults.push({ method: 'POST', path: CREATE, loseAnswer: true });
    // octokit tries again and meets the repository that it has just made.
    await expect(
      runAction(action, input, { workspacePath: workspace() }),
    ).rejects.toThrow('name already exists');
    expect(await harness.claims.get(claimKey)).toMatchObject({
      repoState: 'creating',
    });
    expect(await runAction(action, input)).toEqual(outputs());
    expect(pushed()).toContain('catalog-info.yaml');
  });

  it('accepts a push that succeeded although its answer was an error', async () => {
    failPush = true;
    expect(
      await runAction(action, input, { workspacePath: workspace() }),
    ).toEqual(outputs());
    expect(pushed()).toBe('app.py');
  });

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
        const key = {
          ...claimKey,
          repo: `${github.host}/${SLUG}`,
        };
        await harness.claims.take(key);
        await harness.claims.setRepoState(key, 'creating');
        github.addRepo(SLUG, '');
      },
      reason: 'another person created it just before this task',
    },
  ];
  it.each(foreign)('never changes a repository: $reason', async ({ given }) => {
    await given();
    await expect(
      runAction(action, input, { workspacePath: workspace() }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('belongs to another task or person'),
    });
    expect(github.requests.filter(request => request.method !== 'GET')).toEqual(
      [],
    );
    expect(pushed()).toBe('');
  });

  it('only warns when the branch cannot be protected', async () => {
    github.faults.push({ method: 'PUT', path: PROTECT, status: 403, times: 9 });
    const task = newTask();
    const log: string[] = [];
    await runAction(action, input, { task, workspacePath: workspace() });
    await runAction(action, input, { task, log: line => log.push(line) });
    expect(log.join()).toContain('not protected');
  });

  it('waits until a new repository is listed', async () => {
    let isMade = false;
    const get = harness.github.repositories.get;
    let hidden = 1;
    harness.github.repositories.get = async repo => {
      const found = await get(repo);
      isMade ||= found !== undefined;
      return isMade && hidden-- > 0 ? undefined : found;
    };
    expect(
      await runAction(action, input, { workspacePath: workspace() }),
    ).toEqual(outputs());
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
