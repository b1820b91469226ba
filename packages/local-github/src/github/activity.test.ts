import { Reply, TestGitHub } from './testing/testGitHub';

const REPO = '/repos/acme/app';

describe("the repository's activity", () => {
  let github: TestGitHub;

  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', { 'a.txt': 'a\n' });
  });
  afterAll(() => github.stop());

  const activity = async (query = '') =>
    (await github.call('GET', `${REPO}/activity${query}`)).body as Array<{
      ref: string;
      after: string;
      activity_type: string;
      actor: { login: string };
    }>;
  const moves = async (query?: string) =>
    (await activity(query)).map(
      one => `${one.actor.login} ${one.activity_type}`,
    );
  const tip = async (branch: string): Promise<string> =>
    (await github.call('GET', `${REPO}/git/ref/heads/${branch}`)).body.object
      .sha;

  it('names who moved a branch and how, newest first, whoever the commits name', async () => {
    await github.write('acme/app', 'b.txt', 'b\n', 'topic');
    const { body } = await github.call('POST', `${REPO}/git/commits`, {
      message: 'in the name of a bot',
      tree: (
        await github.call('GET', `${REPO}/git/commits/${await tip('main')}`)
      ).body.tree.sha,
      parents: [await tip('main')],
      author: { name: 'app[bot]', email: 'app[bot]@users.noreply.github.com' },
    });
    await github.call('PATCH', `${REPO}/git/refs/heads/topic`, {
      sha: body.sha,
      force: true,
    });
    await github.write('acme/app', 'c.txt', 'c\n', 'topic');
    expect(await moves('?ref=refs/heads/topic')).toEqual([
      'backstage push',
      'backstage force_push',
      'backstage push',
      'backstage branch_creation',
    ]);
    expect((await activity('?ref=topic'))[0].after).toBe(await tip('topic'));
    expect(await moves('?ref=topic&direction=asc&per_page=1')).toEqual([
      'backstage branch_creation',
    ]);
    expect(await moves('?ref=topic&activity_type=force_push')).toHaveLength(1);
    expect(await moves('?ref=nothing')).toEqual([]);
  });

  it('shows the merge of a pull request as such', async () => {
    const { body } = await github.call('POST', `${REPO}/pulls`, {
      title: 'topic',
      head: 'topic',
      base: 'main',
    });
    await github.call('PUT', `${REPO}/pulls/${body.number}/merge`, {});
    expect((await moves('?ref=main'))[0]).toBe('backstage pr_merge');
  });

  it('goes on to the next page by its cursor', async () => {
    const all = await activity();
    const seen = [];
    let next: string | undefined = `${REPO}/activity?per_page=2`;
    while (next) {
      const { body, headers }: Reply = await github.call('GET', next);
      seen.push(...body);
      next = /<.*\/api\/v3(.*)>; rel="next"/.exec(
        headers.get('link') ?? '',
      )?.[1];
    }
    expect(seen).toEqual(all);
    expect(all.length).toBeGreaterThan(4);
  });

  it("is as GitHub's OpenAPI description has it", () => {
    expect(github.github.conformance!.violations).toEqual([]);
  });
});
