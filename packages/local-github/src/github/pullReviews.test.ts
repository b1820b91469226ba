import { TestGitHub } from './testing/testGitHub';

describe('reviews of a pull request', () => {
  let github: TestGitHub;
  const path = '/repos/acme/app';
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', { 'a.md': 'a\n' });
    for (const login of ['rita', 'tom']) {
      await github.github.addCollaborator(
        { owner: 'acme', name: 'app' },
        login,
        'write',
      );
      tokens[login] = await github.github.createUserToken(login);
    }
    await github.call('PUT', `${path}/contents/b.md`, {
      message: 'Add b',
      content: Buffer.from('b\n').toString('base64'),
      branch: 'main',
    });
  });
  afterAll(() => github.stop());

  const as = (login: string) => ({ authorization: `token ${tokens[login]}` });

  it('are listed in their order; nobody approves an own one', async () => {
    const { body: main } = await github.call(
      'GET',
      `${path}/git/ref/heads/main`,
    );
    await github.call('POST', `${path}/git/refs`, {
      ref: 'refs/heads/change',
      sha: main.object.sha,
    });
    await github.call('PUT', `${path}/contents/c.md`, {
      message: 'Add c',
      content: Buffer.from('c\n').toString('base64'),
      branch: 'change',
    });
    const { body: pull } = await github.call(
      'POST',
      `${path}/pulls`,
      { title: 'Change', head: 'change', base: 'main' },
      as('tom'),
    );
    const reviews = `${path}/pulls/${pull.number}/reviews`;
    const own = await github.call(
      'POST',
      reviews,
      { event: 'APPROVE' },
      as('tom'),
    );
    expect(own.status).toBe(422);
    await github.call(
      'POST',
      reviews,
      { event: 'REQUEST_CHANGES', body: 'A typo' },
      as('rita'),
    );
    await github.call('POST', reviews, { event: 'APPROVE' }, as('rita'));
    const { body } = await github.call('GET', reviews);
    expect(
      body.map((one: any) => [one.user.login, one.state, one.body]),
    ).toEqual([
      ['rita', 'CHANGES_REQUESTED', 'A typo'],
      ['rita', 'APPROVED', ''],
    ]);
  });
});
