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
          /^The remote rejects pushes to the branch main: [\s\S]*GH006/,
        ),
      },
    },
    {
      reason: 'another branch has the name of its folder',
      before: () => inClone('push', '--quiet', 'origin', 'HEAD:database'),
      branch: 'database/dev/users_db',
      error: {
        name: 'NotAllowedError',
        message: expect.stringMatching(
          /^The remote rejects pushes to the branch database\/dev\/users_db: /,
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
});
