import { join } from 'node:path';
import { createFolder } from '../../../../tests/support/createFolder';
import { runGit, TestPlatform } from './testing/testPlatform';
import { GitHttpServer } from './testing/gitHttpServer';

describe('actions/checkout', () => {
  const root = createFolder();
  const server = new GitHttpServer(join(root, 'git'));
  let platform: TestPlatform;
  beforeAll(async () => {
    const serverUrl = await server.start();
    platform = new TestPlatform(
      {
        serverUrl,
        gitDir: ({ owner, name }) => join(root, 'git', owner, `${name}.git`),
        secrets: () => ({ OTHER_TOKEN: 'other-token' }),
      },
      root,
    );
    platform.commit({ 'a.txt': 'first\n' });
    platform.commit({ 'a.txt': 'second\n' });
    platform.commit({ 'b.txt': 'on a branch\n' }, { branch: 'feature/x' });
    platform.commit(
      { 'c.txt': 'elsewhere\n' },
      { repo: { owner: 'acme', name: 'other' } },
    );
    runGit(platform.gitDir(platform.repo), 'tag', 'v1', 'main');
  });
  afterAll(async () => {
    await platform.stop();
    await server.stop();
  });
  beforeEach(() => {
    server.passwords.length = 0;
  });

  const run = (inputs: string, script: string) =>
    platform.dispatch(`
on: workflow_dispatch
jobs:
  a:
    runs-on: x
    steps:
      - { id: c, uses: actions/checkout@v4, with: { ${inputs} } }
      - run: |
          ${script.split('\n').join('\n          ')}
`);

  it.each([
    {
      inputs: '',
      script:
        'cat a.txt; git rev-parse --abbrev-ref HEAD; git log --oneline | wc -l',
      lines: ['second', 'main', '1'],
      reason: 'the commit of the run, on its branch, alone',
    },
    {
      inputs: '',
      script: 'test "$(git rev-parse HEAD)" = "$GITHUB_SHA" && echo same',
      lines: ['same'],
      reason: 'exactly the commit of the run',
    },
    {
      inputs: 'fetch-depth: 0',
      script:
        'test "$(git log --oneline | wc -l)" -gt 1 && git branch -r | grep -o feature/x; git tag',
      lines: ['feature/x', 'v1'],
      reason: 'fetch-depth 0 brings everything',
    },
    {
      inputs: 'fetch-depth: 2',
      script: 'git log --oneline | wc -l',
      lines: ['2'],
      reason: 'fetch-depth 2',
    },
    {
      inputs: 'ref: feature/x',
      script: 'cat b.txt; git rev-parse --abbrev-ref HEAD',
      lines: ['on a branch', 'feature/x'],
      reason: 'a branch with a slash',
    },
    {
      inputs: 'ref: refs/heads/feature/x',
      script: 'git rev-parse --abbrev-ref HEAD',
      lines: ['feature/x'],
      reason: 'a full ref',
    },
    {
      inputs: 'ref: v1',
      script: 'git rev-parse --abbrev-ref HEAD; cat a.txt',
      lines: ['HEAD', 'second'],
      reason: 'a tag',
    },
    {
      inputs: 'ref: "${{ github.sha }}"',
      script: 'git rev-parse --abbrev-ref HEAD; cat a.txt',
      lines: ['HEAD', 'second'],
      reason: 'a commit',
    },
    {
      inputs: 'repository: acme/other, path: there',
      script: 'cat there/c.txt',
      lines: ['elsewhere'],
      reason: 'another repository, into a folder',
    },
  ])('$reason', async ({ inputs, script, lines }) => {
    const finished = await run(inputs, script);
    expect(finished.run.conclusion).toBe('success');
    const said = finished.log.split('\n').map(line => line.trim());
    expect(said).toEqual(expect.arrayContaining(lines));
  });

  it('leaves the token where later git commands find it, and nowhere to be seen', async () => {
    const finished = await run(
      '',
      `
git config user.name bot; git config user.email bot@example.com
git commit --quiet --allow-empty -m pushed
git push --quiet origin HEAD:refs/heads/pushed
git ls-remote origin refs/heads/pushed | wc -l
git config --get-regexp extraheader`,
    );
    expect(finished.run.conclusion).toBe('success');
    expect(
      runGit(
        platform.gitDir(platform.repo),
        'log',
        '-1',
        '--format=%s',
        'pushed',
      ),
    ).toBe('pushed');
    expect(new Set(server.passwords)).toEqual(
      new Set(['x-access-token:run-token']),
    );
    expect(finished.fullLog).not.toContain(
      Buffer.from('x-access-token:run-token').toString('base64'),
    );
  });

  it('takes another token, and forgets it where it is told to', async () => {
    const finished = await run(
      'token: "${{ secrets.OTHER_TOKEN }}", persist-credentials: false',
      'git config --get-regexp extraheader || echo forgotten',
    );
    expect(finished.log).toContain('forgotten');
    expect(new Set(server.passwords)).toEqual(
      new Set(['x-access-token:other-token']),
    );
  });

  it.each([
    {
      inputs: 'ref: nosuch',
      message: 'git fetch failed',
      reason: 'no such ref',
    },
    {
      inputs: 'ref: "--upload-pack=touch /tmp/x"',
      message: 'is not a name that git accepts',
      reason: 'an option in place of a ref',
    },
    {
      inputs: 'path: ../..',
      message: 'is not under',
      reason: 'a path out of the workspace',
    },
    {
      inputs: 'fetch-depth: all',
      message: 'fetch-depth must be a whole number',
      reason: 'a depth that is none',
    },
    {
      inputs: 'repository: acme/nosuch',
      message: 'git fetch failed',
      reason: 'no such repository',
    },
  ])('fails: $reason', async ({ inputs, message }) => {
    const finished = await run(inputs, 'echo never');
    expect(finished.run.conclusion).toBe('failure');
    expect(finished.log).toContain(message);
  });
});
