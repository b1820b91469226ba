import { TestGitHub } from '@goldenpath/local-github/src/github/testing/testGitHub';
import { createOctokit } from './client';
import { createCommits } from './commits';

const REPO = 'acme/platform-infra';
const AUDIT = 'governance/dev/audit.csv';

describe('commits over HTTP', () => {
  const github = new TestGitHub();
  beforeAll(() => github.start());
  afterAll(() => github.stop());
  beforeEach(async () => {
    await github.call('DELETE', `/repos/${REPO}`);
    await github.github.createRepository('acme', 'platform-infra', {
      'catalog.yaml': 'pending\n',
      'README.md': 'stays\n',
    });
  });

  /** `onCall` gets every call before it is sent. */
  const commits = (onCall: (route: string) => unknown = () => {}) => {
    const octokit = createOctokit({
      apiUrl: github.github.apiUrl,
      token: 'local-token',
      sleep: async () => {},
    });
    octokit.hook.before('request', async ({ method, url }) => {
      await onCall(`${method} ${url}`);
    });
    return createCommits(
      async () => octokit,
      { owner: 'acme', repo: 'platform-infra' },
      'main',
    );
  };
  const line =
    (text: string) => (texts: ReadonlyMap<string, string | undefined>) =>
      new Map([[AUDIT, `${texts.get(AUDIT) ?? ''}${text}\n`]]);
  const history = async () =>
    (await github.call('GET', `/repos/${REPO}/commits`)).body.map(
      (one: any) => one.commit.message,
    );

  it('edits several files in one commit, and keeps the others', async () => {
    const url = await commits().edit(
      [AUDIT, 'catalog.yaml'],
      'audit and status',
      texts => {
        expect([...texts]).toEqual([
          [AUDIT, undefined],
          ['catalog.yaml', 'pending\n'],
        ]);
        return new Map([
          [AUDIT, 'row\n'],
          ['catalog.yaml', 'active\n'],
        ]);
      },
    );
    expect(await github.read(REPO, AUDIT)).toBe('row\n');
    expect(await github.read(REPO, 'catalog.yaml')).toBe('active\n');
    expect(await github.read(REPO, 'README.md')).toBe('stays\n');
    expect((await history())[0]).toBe('audit and status');
    expect((await fetch(url!)).status).toBe(200);
  });

  it('creates no commit without a change', async () => {
    const before = await history();
    const same = (texts: ReadonlyMap<string, string | undefined>) =>
      new Map([['catalog.yaml', texts.get('catalog.yaml')!]]);
    expect(await commits().edit(['catalog.yaml'], 'm', same)).toBeUndefined();
    expect(await history()).toEqual(before);
  });

  it('starts again when the branch moved, and loses no row', async () => {
    let others = 0;
    const slow = commits(async route => {
      if (route.startsWith('PATCH') && others < 2) {
        others += 1;
        await github.write(
          REPO,
          AUDIT,
          `${(await github.read(REPO, AUDIT)) ?? ''}theirs ${others}\n`,
        );
      }
    });
    await slow.edit([AUDIT], 'ours', line('ours'));
    expect(await github.read(REPO, AUDIT)).toBe('theirs 1\ntheirs 2\nours\n');
  });

  it('commits many concurrent edits', async () => {
    await Promise.all(
      ['a', 'b', 'c'].map(name => commits().edit([AUDIT], name, line(name))),
    );
    expect((await github.read(REPO, AUDIT))!.trim().split('\n').sort()).toEqual(
      ['a', 'b', 'c'],
    );
  });

  it('explains the conflict when the branch moves every time', async () => {
    let others = 0;
    const unlucky = commits(async route => {
      if (route.startsWith('PATCH'))
        await github.write(REPO, 'other.txt', String((others += 1)));
    });
    await expect(unlucky.edit([AUDIT], 'm', line('ours'))).rejects.toThrow(
      'Could not commit to main of acme/platform-infra: the branch moved during all 5 attempts.',
    );
    expect(await github.read(REPO, AUDIT)).toBeUndefined();
  });

  it('recognizes its own commit after a lost answer', async () => {
    const octokit = createOctokit({
      apiUrl: github.github.apiUrl,
      token: 'local-token',
      sleep: async () => {},
    });
    octokit.hook.wrap('request', async (request, options) => {
      const answer = await request(options);
      if (options.method === 'PATCH') throw new Error('socket hang up');
      return answer;
    });
    const lossy = createCommits(
      async () => octokit,
      { owner: 'acme', repo: 'platform-infra' },
      'main',
    );
    await lossy.edit([AUDIT], 'ours', line('ours'));
    expect(await github.read(REPO, AUDIT)).toBe('ours\n');
  });

  it("reports GitHub's error for a protected branch", async () => {
    const { status } = await github.call(
      'PUT',
      `/repos/${REPO}/branches/main/protection`,
      {
        required_status_checks: null,
        enforce_admins: true,
        required_pull_request_reviews: { required_approving_review_count: 1 },
        restrictions: null,
      },
    );
    expect(status).toBe(200);
    await expect(commits().edit([AUDIT], 'm', line('ours'))).rejects.toThrow(
      /Protected branch update failed.*through a pull request/,
    );
    expect(await github.read(REPO, AUDIT)).toBeUndefined();
  });
});
