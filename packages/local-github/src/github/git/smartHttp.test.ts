import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestGitHub } from '../testing/testGitHub';

const RUNS_GIT = `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    permissions: { contents: write }
    steps:
      - uses: actions/checkout@v4
      - run: |
          date > stamp.txt
          git add stamp.txt
          git -c user.name=ci -c user.email=ci@example.com commit --quiet --message stamp
          git push --quiet
`;

describe('git over HTTP', () => {
  let github: TestGitHub;
  const repo = '/repos/acme/app';

  beforeEach(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', {
      'README.md': '# App\n',
      'bin/run': '#!/bin/sh\necho run\n',
    });
  });
  afterEach(() => github.stop());

  const commit = async (folder: string, path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    await github.runGit(folder, 'add', '--all');
    await github.runGit(folder, 'commit', '--quiet', '-m', `write ${path}`);
  };
  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => '',
      error => String(error.stderr),
    );

  it('clones, pushes and fetches with the real git', async () => {
    const folder = await github.clone('acme/app');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('# App\n');
    expect(
      await github.runGit(folder, 'ls-files', '--stage', 'bin/run'),
    ).toMatch(/^100755 /);
    await commit(folder, 'docs/a.md', 'one\n');
    await github.runGit(folder, 'push', '--quiet');
    expect(await github.read('acme/app', 'docs/a.md')).toBe('one\n');
    const shallow = join(github.folder, 'shallow');
    await github.runGit(
      github.folder,
      'clone',
      '--quiet',
      '--depth=1',
      github.toRemote('acme/app').replace(/\.git$/, ''),
      shallow,
    );
    expect(await github.runGit(shallow, 'rev-list', '--count', 'HEAD')).toBe(
      '1',
    );
  });

  it('takes a push too large for one piece', async () => {
    const folder = await github.clone('acme/app');
    const noise = Array.from({ length: 400_000 }, (_, index) =>
      ((index * 2654435761) % 4294967296).toString(36),
    ).join('\n');
    await commit(folder, 'large.txt', noise);
    await github.runGit(folder, 'push', '--quiet');
    expect(await github.read('acme/app', 'large.txt')).toBe(noise);
  });

  const refusals = [
    {
      reason: 'no token at all',
      remote: () => `${github.github.url}/acme/app.git`,
      says: /could not read Username/,
    },
    {
      reason: 'an empty token',
      remote: () => github.toRemote('acme/app', ''),
      says: /could not read Password|Authentication failed/,
    },
    {
      reason: 'the token of a workflow run that is over',
      remote: () => github.toRemote('acme/app', 'ghs_over'),
      says: /Authentication failed/,
    },
    {
      reason: 'a repository that is not there',
      remote: () => github.toRemote('acme/nothing'),
      says: /repository .* not found/i,
    },
    {
      reason: 'a path out of the folder of repositories',
      remote: () => github.toRemote('acme/..%2Fapp'),
      says: /not found/i,
    },
  ];
  it.each(refusals)(
    'refuses a clone with $reason',
    async ({ remote, says }) => {
      const clone = github.runGit(github.folder, 'clone', remote(), 'refused');
      expect(await failure(clone)).toMatch(says);
    },
  );

  it('lets anyone read a public repository, and nobody without a token write to it', async () => {
    await github.call('PATCH', repo, { private: false });
    const folder = join(github.folder, 'public');
    const remote = `${github.github.url}/acme/app`;
    await github.runGit(github.folder, 'clone', '--quiet', remote, folder);
    await commit(folder, 'a.md', 'a');
    expect(await failure(github.runGit(folder, 'push'))).toMatch(
      /could not read Username/,
    );
  });

  const protections = [
    {
      reason: 'reviews, for administrators too',
      protection: {
        enforce_admins: true,
        required_pull_request_reviews: {},
        required_status_checks: null,
        restrictions: null,
      },
      refused:
        /GH006: Protected branch update failed.*\n.*Changes must be made through a pull request/,
    },
    {
      reason: 'reviews, but not of administrators',
      protection: {
        enforce_admins: false,
        required_pull_request_reviews: {},
        required_status_checks: null,
        restrictions: null,
      },
      refused: undefined,
    },
    {
      reason: 'a check',
      protection: {
        enforce_admins: true,
        required_pull_request_reviews: null,
        required_status_checks: { strict: false, contexts: ['test'] },
        restrictions: null,
      },
      refused: /Required status check "test" is expected/,
    },
  ];
  it.each(protections)(
    'keeps a branch that asks for $reason',
    async ({ protection, refused }) => {
      await github.call('PUT', `${repo}/branches/main/protection`, protection);
      const folder = await github.clone('acme/app');
      await commit(folder, 'a.md', 'a');
      const said = await failure(github.runGit(folder, 'push'));
      if (refused) expect(said).toMatch(refused);
      else expect(said).toBe('');
      const other = await failure(
        github.runGit(folder, 'push', 'origin', 'HEAD:x'),
      );
      expect(other).not.toMatch(/GH006/);
    },
  );

  it('keeps a protected branch from being rewritten or deleted', async () => {
    await github.call('PUT', `${repo}/branches/main/protection`, {
      enforce_admins: false,
      required_pull_request_reviews: null,
      required_status_checks: null,
      restrictions: null,
    });
    const folder = await github.clone('acme/app');
    await github.runGit(folder, 'commit', '--amend', '--quiet', '-m', 'other');
    const forced = github.runGit(folder, 'push', '--force', 'origin', 'main');
    expect(await failure(forced)).toMatch(/Cannot force-push to this branch/);
    const deleted = github.runGit(folder, 'push', 'origin', ':main');
    expect(await failure(deleted)).toMatch(/delet/i);
  });

  it('makes the first branch of an empty repository its default', async () => {
    await github.call('POST', '/orgs/acme/repos', { name: 'empty' });
    const folder = await github.clone('acme/empty');
    await github.runGit(folder, 'checkout', '--quiet', '-b', 'trunk');
    await commit(folder, 'a.md', 'a');
    await github.runGit(folder, 'push', '--quiet', 'origin', 'trunk');
    const { body } = await github.call('GET', '/repos/acme/empty');
    expect(body.default_branch).toBe('trunk');
  });

  it('starts workflows for a push, and none for what such a run pushes itself', async () => {
    await github.write('acme/app', '.github/workflows/stamp.yml', RUNS_GIT);
    await github.github.actions.idle();
    const runs = await github.call('GET', `${repo}/actions/runs`);
    expect(
      runs.body.workflow_runs.map((run: any) => [run.event, run.conclusion]),
    ).toEqual([['push', 'success']]);
    expect(await github.read('acme/app', 'stamp.txt')).toMatch(/\d{4}/);
    const [last] = (await github.call('GET', `${repo}/commits`)).body;
    expect(last.commit.message).toBe('stamp');
  });
});
