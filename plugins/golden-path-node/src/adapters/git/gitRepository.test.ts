import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createGitRepository } from './gitRepository';

describe('pushCommit', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = createFolder();
    env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
    git('init', '--quiet', '--bare', '--initial-branch=main', 'remote.git');
    git('clone', '--quiet', 'remote.git', 'clone');
    for (const [name, value] of [
      ['user.name', 'a'],
      ['user.email', 'a@example.com'],
    ])
      inClone('config', name, value);
    inClone('commit', '--quiet', '--allow-empty', '-m', 'first');
    inClone('push', '--quiet', 'origin', 'HEAD:main');
  });

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const inClone = (...args: string[]) => git('-C', 'clone', ...args);
  const tip = () => inClone('rev-parse', 'HEAD').trim();
  const push = (branch: string, replaces: string | undefined) =>
    createGitRepository(join(folder, 'clone'), env).pushCommit({
      parent: tip(),
      branch,
      message: 'second\n',
      changes: [{ path: 'a', text: 'b' }],
      replaces,
    });

  it('makes the commit the tip of the branch', async () => {
    const sha = await push('main', tip());
    expect(git('-C', 'remote.git', 'rev-parse', 'main').trim()).toBe(sha);
  });

  it.each([
    {
      reason: 'the branch has moved on',
      before: () => {
        inClone('commit', '--quiet', '--allow-empty', '-m', 'other');
        inClone('push', '--quiet', 'origin', 'HEAD:main');
        inClone('reset', '--quiet', '--hard', 'HEAD^');
      },
      branch: 'main',
      error: {
        name: 'ConflictError',
        message: expect.stringContaining(
          'The branch main changed during the push; run this again.',
        ),
      },
    },
    {
      reason: 'the remote protects it',
      before: () => {
        const hook = join(folder, 'remote.git/hooks/update');
        writeFileSync(hook, '#!/bin/sh\necho "error: GH006" >&2\nexit 1\n');
        chmodSync(hook, 0o755);
      },
      branch: 'main',
      error: {
        name: 'NotAllowedError',
        message: expect.stringMatching(
          /^The remote rejects pushes to the branch main: [\s\S]*GH006[\s\S]*Check its protection and rulesets/,
        ),
      },
    },
    {
      reason: 'there is no remote',
      before: () =>
        inClone('remote', 'set-url', 'origin', 'http://u:p@127.0.0.1:1/x'),
      branch: 'main',
      error: {
        name: 'InputError',
        message: expect.stringMatching(/^git push failed with 128: (?!.*u:p)/s),
      },
    },
  ])('says why it is refused: $reason', async ({ before, branch, error }) => {
    before();
    await expect(
      push(branch, branch === 'main' ? tip() : undefined),
    ).rejects.toMatchObject(error);
  });

  /** https://github.com/mozilla-services/contile/issues/196, https://github.com/desktop/desktop/issues/13665 */
  describe('the name of the branch and those that the remote has', () => {
    const BRANCH = 'database/dev/users_db';
    const conflict = (other: string) => ({
      name: 'ConflictError',
      message: expect.stringContaining(
        `The branch ${BRANCH} can't be created while the branch ${other} exists: `,
      ),
    });
    /** A remote on macOS or Windows: a file system that ignores case refuses the new ref with this hook's code. */
    const ignoreCase = () => {
      const hook = join(folder, 'remote.git/hooks/update');
      writeFileSync(hook, '#!/bin/sh\nexit 1\n');
      chmodSync(hook, 0o755);
    };

    it.each([
      { others: ['database'], other: 'database', reason: 'contile #196' },
      {
        others: ['database/dev'],
        other: 'database/dev',
        reason: 'the folder of the environment',
      },
      {
        others: [`${BRANCH}/fix`],
        other: `${BRANCH}/fix`,
        reason: 'the other way round: a branch below it',
      },
      {
        others: [`${BRANCH}/a/b`, 'data', 'database-old', 'databases/dev'],
        other: `${BRANCH}/a/b`,
        reason: 'among neighbours that only begin alike',
      },
      {
        others: ['Database'],
        other: 'Database',
        ignoresCase: true,
        reason: 'desktop #13665: a remote that ignores case',
      },
      {
        others: ['DATABASE/dev/users_db'],
        other: 'DATABASE/dev/users_db',
        ignoresCase: true,
        reason: 'the same name in another case',
      },
    ])(
      'names $other: $reason',
      async ({ others, other, ignoresCase = false }) => {
        for (const name of others)
          inClone('push', '--quiet', 'origin', `HEAD:refs/heads/${name}`);
        if (ignoresCase) ignoreCase();
        await expect(push(BRANCH, undefined)).rejects.toMatchObject(
          conflict(other),
        );
      },
    );

    it.each([
      {
        ref: 'refs/tags/database',
        reason: 'a tag, which has a folder of its own',
      },
      { ref: 'refs/heads/databases', reason: 'a longer name' },
      { ref: 'refs/heads/database/dev/users', reason: 'a sibling' },
      { ref: 'refs/heads/Database', reason: 'another case, where case counts' },
      {
        ref: `refs/heads/x/refs/heads/${BRANCH}`,
        reason: 'a branch that ls-remote takes for it, by the end of its name',
      },
    ])('is created beside $ref: $reason', async ({ ref }) => {
      inClone('push', '--quiet', 'origin', `HEAD:${ref}`);
      const repository = createGitRepository(join(folder, 'clone'), env);
      expect(await repository.fetchBranch(BRANCH)).toBeUndefined();
      const sha = await push(BRANCH, undefined);
      expect((await repository.fetchBranch(BRANCH))?.sha).toBe(sha);
    });

    it.each([
      {
        stop: 'exit 1',
        said: '',
        reason: 'a hook without a word',
      },
      {
        stop: 'echo "GH013: Repository rule violations found" >&2; exit 1',
        said: 'GH013: Repository rule violations found',
        reason: 'a ruleset, in the words of GitHub',
      },
      {
        stop: 'echo "cannot lock ref: reference already exists" >&2; exit 1',
        said: 'reference already exists',
        reason: 'words of a conflict where no branch is in the way',
      },
    ])('is refused by the remote: $reason', async ({ stop, said }) => {
      const hook = join(folder, 'remote.git/hooks/pre-receive');
      writeFileSync(hook, `#!/bin/sh\n${stop}\n`);
      chmodSync(hook, 0o755);
      await expect(push(BRANCH, undefined)).rejects.toMatchObject({
        name: 'NotAllowedError',
        message: expect.stringContaining(said),
      });
    });

    it('changed during the push if somebody else created it', async () => {
      inClone('push', '--quiet', 'origin', `HEAD:refs/heads/${BRANCH}`);
      await expect(push(BRANCH, undefined)).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('changed during the push'),
      });
    });
  });
});

describe('what git does not find', () => {
  const open = (folder: string) =>
    createGitRepository(folder, {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: join(folder, '..'),
    });

  it('is undefined in a clone, and an error where there is no clone', async () => {
    const folder = createFolder();
    await expect(open(folder).findCommit('main')).rejects.toThrow(
      /git rev-parse failed with 128: .*not a git repository/,
    );
    await expect(open(folder).mergeBase('a', 'b')).rejects.toThrow(
      /git merge-base failed with 128/,
    );
    execFileSync('git', ['init', '--quiet', folder]);
    expect(await open(folder).findCommit('main')).toBeUndefined();
    expect(await open(folder).findCommit('f'.repeat(40))).toBeUndefined();
  });

  it('is the remote: says so in place of what git says', async () => {
    const folder = createFolder();
    execFileSync('git', ['init', '--quiet', folder]);
    await expect(open(folder).fetchBranch('main')).rejects.toMatchObject({
      name: 'InputError',
      message: `${folder} has no remote "origin"; run this in a clone of the infra repo, or set --root to one.`,
    });
    const args = ['-C', folder, 'remote', 'add', 'origin', `${folder}/gone`];
    execFileSync('git', args);
    await expect(open(folder).fetchBranch('main')).rejects.toThrow(
      /git ls-remote failed with 128: .*gone/,
    );
  });
});
