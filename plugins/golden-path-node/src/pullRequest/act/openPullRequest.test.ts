import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../../../../../tests/support/createFolder';
import { EXAMPLE_DATABASE as request } from '../../../../../tests/support/exampleDatabase';
import { createGitRepository } from '../../adapters/git/gitRepository';
import { RequestPullRequest, RequestPullRequests } from '../../infraRepo/ports';
import { openPullRequest, OpenPullRequestInput } from './openPullRequest';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const BRANCH = 'database/dev/users_db';
const input: OpenPullRequestInput = {
  request,
  taskId: 'task-1',
  base: 'main',
  today: '2026-11-24',
  infraRepo: { mode: 'auto' },
};

describe('openPullRequest', () => {
  let folder: string;
  let root: string;
  let pulls: RequestPullRequest[];
  let calls: string[];

  /** Tests ignore the machine's git configuration. */
  const env = () => ({
    ...process.env,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
  });
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, {
      cwd,
      env: env(),
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  const origin = (...args: string[]) =>
    git(join(folder, 'origin.git'), ...args);
  const shown = (path: string) => origin('show', `${BRANCH}:${path}`);

  /** Commits to the remote, like a merge or a person. */
  const commit = (
    branch: string,
    files: Record<string, string>,
    message = 'by hand',
  ) => {
    const clone = createFolder();
    git(folder, 'clone', '--quiet', 'origin.git', clone);
    git(clone, 'checkout', '--quiet', branch);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), text);
    }
    git(clone, 'add', '--all');
    git(clone, 'commit', '--quiet', '--message', message);
    git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  };

  const pullRequests: RequestPullRequests = {
    findOpen: async (branch, base) => {
      calls.push(`find ${branch} ${base}`);
      return pulls[0];
    },
    create: async ({ title, body, branch, base }) => {
      calls.push(`create ${branch} ${base}`);
      const pull = {
        number: 3,
        url: 'http://x/pull/3',
        title,
        body,
        labels: [],
      };
      pulls.push(pull);
      return pull;
    },
    update: async (number, text) => {
      calls.push(`update ${number}`);
      Object.assign(pulls[0], text);
    },
    addLabels: async (number, labels) => {
      calls.push(`label ${number} ${labels}`);
      pulls[0].labels.push(...labels);
    },
  };
  const open = (changed: Partial<OpenPullRequestInput> = {}) =>
    openPullRequest(
      { ...input, ...changed },
      { repository: createGitRepository(root, env()), pullRequests },
    );

  beforeEach(() => {
    folder = createFolder();
    pulls = [];
    calls = [];
    writeFileSync(
      join(folder, 'gitconfig'),
      '[user]\nname = Somebody\nemail = somebody@example.com\n[init]\ndefaultBranch = main\n',
    );
    git(folder, 'init', '--quiet', '--bare', 'origin.git');
    const seed = join(folder, 'seed');
    git(folder, 'clone', '--quiet', 'origin.git', seed);
    git(seed, 'commit', '--quiet', '--allow-empty', '--message', 'first');
    git(seed, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
    commit('main', {
      [CATALOG_PATH]: 'version: "1.0"\ndatabases: {}\n',
      [TFVARS]: 'application_databases = {}\n',
      'README.md': 'infra\n',
    });
    root = join(folder, 'checkout');
    // As actions/checkout does by default.
    git(
      folder,
      'clone',
      '--quiet',
      '--depth=1',
      `file://${folder}/origin.git`,
      root,
    );
    writeFileSync(join(folder, 'gitconfig'), '[init]\ndefaultBranch = main\n');
  });

  const asSomebody = <T>(work: () => T): T => {
    writeFileSync(
      join(folder, 'gitconfig'),
      '[user]\nname = Somebody\nemail = somebody@example.com\n',
    );
    try {
      return work();
    } finally {
      writeFileSync(join(folder, 'gitconfig'), '');
    }
  };

  it('pushes one commit with both files and opens the pull request', async () => {
    expect(await open()).toEqual({
      outcome: 'opened',
      number: 3,
      url: 'http://x/pull/3',
    });
    expect(
      origin('diff', '--name-only', `main..${BRANCH}`).split('\n'),
    ).toEqual([CATALOG_PATH, TFVARS]);
    expect(origin('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    expect(origin('log', '-1', '--format=%an <%ae>%n%B', BRANCH)).toBe(
      'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>\nCreate RDS database users_db (dev)\n\nGoldenpath-Request: dev-users_db',
    );
    expect(calls).toEqual([
      `find ${BRANCH} main`,
      `create ${BRANCH} main`,
      'label 3 rds-database,dev,medium-risk',
    ]);
    expect(git(root, 'status', '--porcelain')).toBe('');
    expect(git(root, 'branch', '--list')).toBe('* main');
  });

  it('commits as the user configured in git', async () => {
    git(root, 'config', 'user.name', 'The App');
    git(root, 'config', 'user.email', 'app@example.com');
    await open();
    expect(origin('log', '-1', '--format=%an <%ae>', BRANCH)).toBe(
      'The App <app@example.com>',
    );
  });

  it('changes nothing the second time, on another day', async () => {
    await open();
    const tip = origin('rev-parse', BRANCH);
    calls.length = 0;
    expect(await open({ today: '2027-01-01' })).toMatchObject({
      outcome: 'unchanged',
    });
    expect(origin('rev-parse', BRANCH)).toBe(tip);
    expect(calls).toEqual([`find ${BRANCH} main`]);
  });

  it('keeps a pull request when an unrelated change is merged', async () => {
    await open();
    const tip = origin('rev-parse', BRANCH);
    asSomebody(() => commit('main', { 'README.md': 'more\n' }));
    expect(await open()).toMatchObject({ outcome: 'unchanged' });
    expect(origin('rev-parse', BRANCH)).toBe(tip);
  });

  it('rebases the commit on a merge to the base', async () => {
    await open();
    asSomebody(() =>
      commit('main', {
        [TFVARS]:
          'application_databases = {\n  z_db = { database_name = "z_db", username = "z_user" }\n}\n',
      }),
    );
    expect(await open({ today: '2027-01-01' })).toMatchObject({
      outcome: 'updated',
      number: 3,
    });
    expect(origin('rev-parse', `${BRANCH}^`)).toBe(origin('rev-parse', 'main'));
    expect(shown(TFVARS)).toContain('z_db');
    expect(shown(TFVARS)).toContain('users_db');
    expect(shown(CATALOG_PATH)).toContain('created_date: "2026-11-24"');
  });

  it('updates text and labels for another task and a changed request', async () => {
    await open();
    pulls[0].labels.pop();
    expect(
      await open({ taskId: 'task-2', request: { ...request, risk: 'high' } }),
    ).toMatchObject({ outcome: 'updated' });
    expect(pulls[0].body).toContain('task=task-2');
    expect(pulls[0].labels).toContain('high-risk');
    expect(shown(CATALOG_PATH)).toContain('risk: high');
  });

  it('changes nothing after the merge', async () => {
    await open();
    origin('update-ref', 'refs/heads/main', BRANCH);
    pulls.length = 0;
    calls.length = 0;
    expect(await open()).toEqual({ outcome: 'merged already' });
    expect(calls).toEqual([`find ${BRANCH} main`]);
  });

  it('opens a new one after a revert', async () => {
    await open();
    origin('update-ref', 'refs/heads/main', BRANCH);
    asSomebody(() =>
      commit('main', {
        [CATALOG_PATH]: 'version: "1.0"\ndatabases: {}\n',
        [TFVARS]: 'application_databases = {}\n',
      }),
    );
    pulls.length = 0;
    expect(await open()).toMatchObject({ outcome: 'opened' });
    expect(origin('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
  });

  it('never overwrites a commit by others', async () => {
    await open();
    asSomebody(() => {
      commit(BRANCH, { 'note.md': 'mine\n' });
      commit('main', {
        [TFVARS]: 'region = "x"\napplication_databases = {}\n',
      });
    });
    const tip = origin('rev-parse', BRANCH);
    await expect(open()).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        `The branch ${BRANCH} has commits by others`,
      ),
    });
    expect(origin('rev-parse', BRANCH)).toBe(tip);
  });

  it('reports a branch that moved during the push', async () => {
    await open();
    const repository = createGitRepository(root, env());
    const main = await repository.fetchBranch('main');
    await expect(
      repository.pushCommit({
        parent: main!.sha,
        branch: BRANCH,
        message: 'late',
        changes: [],
        replaces: main!.sha,
      }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining(
        'changed during the push; run this again',
      ),
    });
  });

  it.each([
    {
      reason: 'a missing base branch',
      change: { base: 'nowhere' },
      error: {
        name: 'NotFoundError',
        message:
          'The base branch "nowhere" does not exist; name another with --base.',
      },
    },
    {
      reason: 'an environment without Terraform',
      change: { request: { ...request, environment: 'prod' } },
      error: { name: 'NotFoundError' },
    },
  ])('refuses $reason and writes nothing', async ({ change, error }) => {
    await expect(open(change)).rejects.toMatchObject(error);
    expect(calls.filter(call => !call.startsWith('find'))).toEqual([]);
    expect(origin('branch', '--list')).toBe('* main');
  });

  it('requires the top folder of a clone', async () => {
    await expect(
      createGitRepository(join(root, 'envs'), env()).assertIsTop(),
    ).rejects.toMatchObject({ name: 'InputError' });
    await createGitRepository(root, env()).assertIsTop();
  });

  it("keeps a remote's credentials out of errors", async () => {
    git(
      root,
      'remote',
      'set-url',
      'origin',
      'http://x:hunter2@localhost:1/a.git',
    );
    const error = await open().catch((caught: Error) => caught);
    expect(String((error as Error).message)).toContain('git ls-remote failed');
    expect(String((error as Error).message)).not.toContain('hunter2');
  });
});
