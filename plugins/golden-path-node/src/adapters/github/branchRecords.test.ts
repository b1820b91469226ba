import { TestGitHub } from '@goldenpath/local-github/src/github/testing/testGitHub';
import { createBranchRecords } from './branchRecords';
import { createOctokit } from './client';

const REPO = 'acme/platform-infra';
const PATH = `/repos/${REPO}`;

describe('the record of a branch over HTTP', () => {
  const github = new TestGitHub();
  beforeAll(async () => {
    await github.start();
    await github.github.createRepository('acme', 'platform-infra', {
      'a.txt': '0\n',
    });
  });
  afterAll(() => github.stop());

  const records = () => {
    const octokit = createOctokit({
      apiUrl: github.github.apiUrl,
      token: 'local-token',
    });
    // Small pages, so that a few pushes need several.
    octokit.hook.before('request', options => {
      if (options.url.endsWith('/activity')) options.per_page = 2;
    });
    return createBranchRecords(async () => octokit, {
      owner: 'acme',
      repo: 'platform-infra',
    });
  };
  const movesOf = async (branch: string) => {
    const found = [];
    for await (const move of records().moves(branch)) found.push(move);
    return found;
  };
  const tip = async (branch: string): Promise<string> =>
    (await github.call('GET', `${PATH}/git/ref/heads/${branch}`)).body.object
      .sha;

  it('lists who moved the branch, newest first, over several pages', async () => {
    for (let count = 0; count < 5; count += 1)
      await github.write(REPO, 'a.txt', `${count}\n`, 'database/audit/dev');
    const moves = await movesOf('database/audit/dev');
    expect(moves.length).toBeGreaterThan(4);
    expect(moves[0]).toEqual({
      account: 'backstage',
      sha: await tip('database/audit/dev'),
      isPush: true,
    });
    expect(new Set(moves.map(({ sha }) => sha)).size).toBe(moves.length);
    expect(await movesOf('nothing')).toEqual([]);
  });

  it('reads a commit that is on no branch any more', async () => {
    await github.write(REPO, 'a.txt', 'ours\n', 'database/audit/dev');
    const ours = await tip('database/audit/dev');
    await github.call('PATCH', `${PATH}/git/refs/heads/database/audit/dev`, {
      sha: await tip('main'),
      force: true,
    });
    expect(await records().filesAt(ours).read('a.txt')).toBe('ours\n');
    expect(await records().filesAt('0123456789'.repeat(4)).read('a.txt')).toBe(
      undefined,
    );
  });

  it('knows which commit was merged, and that a merge is no push', async () => {
    await github.write(REPO, 'a.txt', 'merged\n', 'topic');
    const head = await tip('topic');
    const { body } = await github.call('POST', `${PATH}/pulls`, {
      title: 'topic',
      head: 'topic',
      base: 'main',
    });
    expect(await records().isMerged('topic', head)).toBe(false);
    await github.call('PUT', `${PATH}/pulls/${body.number}/merge`, {});
    expect(await records().isMerged('topic', head)).toBe(true);
    expect(await records().isMerged('topic', await tip('main'))).toBe(false);
    expect((await movesOf('main'))[0]).toMatchObject({ isPush: false });
  });
});
