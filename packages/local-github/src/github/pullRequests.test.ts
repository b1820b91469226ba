import { TestGitHub } from './testing/testGitHub';

const CHECK = `
on:
  pull_request:
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat README.md added.md
`;

describe('pull requests', () => {
  let github: TestGitHub;
  const repo = '/repos/acme/app';

  beforeEach(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', {
      'README.md': '# App\n\nline\n',
    });
  });
  afterEach(() => github.stop());

  const open = async (head: string, title = `Add ${head}`, body = 'Because') =>
    (
      await github.call('POST', `${repo}/pulls`, {
        title,
        body,
        head,
        base: 'main',
      })
    ).body;
  const log = async () =>
    (await github.call('GET', `${repo}/commits`)).body.map((one: any) => ({
      message: one.commit.message,
      author: one.commit.author.name,
      parents: one.parents.length,
    }));

  const refused = [
    {
      reason: 'the branch is not there',
      pull: { head: 'nothing', base: 'main' },
      says: { field: 'head', code: 'invalid' },
    },
    {
      reason: 'the base is not there',
      pull: { head: 'main', base: 'nothing' },
      says: { field: 'base', code: 'invalid' },
    },
    {
      reason: 'the branch has nothing new',
      pull: { head: 'same', base: 'main' },
      says: { message: 'No commits between main and same' },
    },
    {
      reason: 'there is one already',
      pull: { head: 'added', base: 'main' },
      says: { message: 'A pull request already exists for acme:added.' },
    },
    {
      reason: 'the head is a fork of somebody',
      pull: { head: 'somebody:added', base: 'main' },
      says: { field: 'head', code: 'invalid' },
    },
  ];
  it.each(refused)(
    'is refused with 422 where $reason',
    async ({ pull, says }) => {
      await github.write('acme/app', 'added.md', 'added\n', 'added');
      await open('added');
      const { body } = await github.call('GET', `${repo}/git/ref/heads/main`);
      await github.call('POST', `${repo}/git/refs`, {
        ref: 'refs/heads/same',
        sha: body.object.sha,
      });
      const again = await github.call('POST', `${repo}/pulls`, {
        title: 'x',
        ...pull,
      });
      expect(again.status).toBe(422);
      expect(again.body).toMatchObject({
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', ...says }],
      });
    },
  );

  const methods = [
    {
      method: 'merge',
      log: [
        {
          message: 'Merge pull request #1 from acme/added\n\nAdd added',
          author: 'backstage',
          parents: 2,
        },
        { message: 'write two.md', author: 'backstage', parents: 1 },
        { message: 'write added.md', author: 'backstage', parents: 1 },
        { message: 'Initial commit', author: 'backstage', parents: 0 },
      ],
    },
    {
      method: 'squash',
      log: [
        {
          message: 'Add added (#1)\n\n* write added.md\n\n* write two.md',
          author: 'backstage',
          parents: 1,
        },
        { message: 'Initial commit', author: 'backstage', parents: 0 },
      ],
    },
    {
      method: 'rebase',
      log: [
        { message: 'write two.md', author: 'backstage', parents: 1 },
        { message: 'write added.md', author: 'backstage', parents: 1 },
        { message: 'Initial commit', author: 'backstage', parents: 0 },
      ],
    },
  ];
  it.each(methods)(
    'are merged by $method',
    async ({ method, log: expected }) => {
      await github.write('acme/app', 'added.md', 'added\n', 'added');
      await github.write('acme/app', 'two.md', 'two\n', 'added');
      const { number, mergeable, commits, changed_files } = await open('added');
      expect({ mergeable, commits, changed_files }).toEqual({
        mergeable: true,
        commits: 2,
        changed_files: 2,
      });
      const merged = await github.call('PUT', `${repo}/pulls/${number}/merge`, {
        merge_method: method,
      });
      expect(merged.status).toBe(200);
      expect(await log()).toEqual(expected);
      expect(await github.read('acme/app', 'two.md')).toBe('two\n');
      const { body } = await github.call('GET', `${repo}/pulls/${number}`);
      expect(body).toMatchObject({
        state: 'closed',
        merged: true,
        merged_by: { login: 'backstage' },
        merge_commit_sha: merged.body.sha,
        changed_files: 2,
      });
    },
  );

  it('take the words of the merge from the caller, or from the settings', async () => {
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await open('added');
    await github.call('PUT', `${repo}/pulls/1/merge`, {
      merge_method: 'squash',
      commit_title: 'Mine',
      commit_message: 'All of it',
    });
    await github.call('PATCH', repo, {
      squash_merge_commit_title: 'PR_TITLE',
      squash_merge_commit_message: 'PR_BODY',
    });
    await github.write('acme/app', 'other.md', 'other\n', 'other');
    await open('other', 'The title', 'The body');
    await github.call('PUT', `${repo}/pulls/2/merge`, {
      merge_method: 'squash',
    });
    expect((await log()).map((one: any) => one.message)).toEqual([
      'The title (#2)\n\nThe body',
      'Mine\n\nAll of it',
      'Initial commit',
    ]);
  });

  it('that conflict say so, and are refused with 405', async () => {
    await github.write('acme/app', 'README.md', '# Mine\n', 'mine');
    await github.write('acme/app', 'README.md', '# Theirs\n');
    const { number } = await open('mine');
    const { body } = await github.call('GET', `${repo}/pulls/${number}`);
    expect(body).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    for (const method of ['merge', 'squash', 'rebase']) {
      const merge = await github.call('PUT', `${repo}/pulls/${number}/merge`, {
        merge_method: method,
      });
      expect([merge.status, merge.body.message]).toEqual([
        405,
        'Pull Request is not mergeable',
      ]);
    }
    expect(await github.read('acme/app', 'README.md')).toBe('# Theirs\n');
  });

  it('whose head has moved are refused with 409', async () => {
    const seen = await github.write('acme/app', 'added.md', 'added\n', 'added');
    await open('added');
    await github.write('acme/app', 'added.md', 'more\n', 'added');
    const merge = await github.call('PUT', `${repo}/pulls/1/merge`, {
      sha: seen,
    });
    expect([merge.status, merge.body.message]).toEqual([
      409,
      'Head branch was modified. Review and try the merge again.',
    ]);
  });

  it('are refused with 405 by a method that the repository does not allow', async () => {
    await github.call('PATCH', repo, { allow_merge_commit: false });
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await open('added');
    const merge = await github.call('PUT', `${repo}/pulls/1/merge`, {
      merge_method: 'merge',
    });
    expect([merge.status, merge.body.message]).toEqual([
      405,
      'Merge commits are not allowed on this repository.',
    ]);
  });

  it('follow their branches: new commits, a merge by hand, a deleted branch', async () => {
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await github.write('acme/app', 'other.md', 'other\n', 'other');
    await open('added');
    await open('other');
    const sha = await github.write('acme/app', 'added.md', 'more\n', 'added');
    const moved = await github.call('GET', `${repo}/pulls/1`);
    expect(moved.body.head.sha).toBe(sha);

    const folder = await github.clone('acme/app');
    await github.runGit(folder, 'merge', '--quiet', 'origin/added');
    await github.runGit(folder, 'push', '--quiet');
    await github.runGit(folder, 'push', '--quiet', 'origin', ':other');
    const states = await github.call(
      'GET',
      `${repo}/pulls?state=all&direction=asc`,
    );
    expect(
      states.body.map((one: any) => [
        one.number,
        one.state,
        one.merged_at !== null,
      ]),
    ).toEqual([
      [1, 'closed', true],
      [2, 'closed', false],
    ]);
  });

  it('delete their branch once merged, where the repository says so', async () => {
    await github.call('PATCH', repo, { delete_branch_on_merge: true });
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await open('added');
    await github.call('PUT', `${repo}/pulls/1/merge`, {});
    expect((await github.call('GET', `${repo}/branches/added`)).status).toBe(
      404,
    );
    expect((await github.call('GET', `${repo}/pulls/1`)).body.merged).toBe(
      true,
    );
  });

  it('run workflows on their test merge, and show them', async () => {
    await github.write('acme/app', '.github/workflows/check.yml', CHECK);
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await github.write('acme/app', 'README.md', '# Newer\n');
    await open('added');
    await github.github.actions.idle();
    const { body } = await github.call(
      'GET',
      `${repo}/actions/runs?event=pull_request`,
    );
    expect(body.workflow_runs).toMatchObject([
      { head_branch: 'added', conclusion: 'success' },
    ]);
    const jobs = await github.call(
      'GET',
      `${repo}/actions/runs/${body.workflow_runs[0].id}/jobs`,
    );
    const logs = await github.call(
      'GET',
      `${repo}/actions/jobs/${jobs.body.jobs[0].id}/logs`,
    );
    const text = await (await fetch(logs.headers.get('location')!)).text();
    expect(text).toMatch(/# Newer\n.*added/);
    const page = await (
      await fetch(`${github.github.url}/acme/app/pull/1`)
    ).text();
    expect(page).toContain('Checks');
  });

  it('are found by head, base and state', async () => {
    await github.write('acme/app', 'added.md', 'added\n', 'feature/added');
    await open('feature/added');
    const find = async (query: string) =>
      (await github.call('GET', `${repo}/pulls?${query}`)).body.length;
    expect(await find('head=acme:feature/added&base=main&state=open')).toBe(1);
    expect(await find('head=acme%3Afeature%2Fadded')).toBe(1);
    expect(await find('head=acme:other')).toBe(0);
    expect(await find('base=other')).toBe(0);
    expect(await find('state=closed')).toBe(0);
    await github.call('PATCH', `${repo}/pulls/1`, { state: 'closed' });
    expect(await find('state=closed')).toBe(1);
    const reopened = await github.call('PATCH', `${repo}/pulls/1`, {
      state: 'open',
    });
    expect(reopened.body.state).toBe('open');
  });
});
