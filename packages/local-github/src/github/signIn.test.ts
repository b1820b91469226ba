import { askHost } from '../../../../tests/support/askHost';
import { TestGitHub } from './testing/testGitHub';

const TOKEN = 'the-platform-token';
const REPO = { owner: 'acme', name: 'hidden' };
const WORKFLOW = `
on: workflow_dispatch
jobs:
  press:
    runs-on: x
    steps:
      - env: { TOKEN: '\${{ github.token }}', GITHUB: '\${{ github.server_url }}' }
        run: |
          press() { curl --silent --output /dev/null --write-out '%{http_code}\\n' --header "origin: $GITHUB" "$@"; }
          echo "page $(press --user "x:$TOKEN" "$GITHUB/acme/hidden")"
          echo "button $(press --user "x:$TOKEN" --data method=merge "$GITHUB/acme/hidden/pull/1/merge")"
`;

describe('a local GitHub with a token', () => {
  let github: TestGitHub;
  beforeAll(async () => {
    github = await new TestGitHub().start(0, TOKEN);
    await github.github.createRepository('acme', 'hidden', {
      'README.md': '# Hidden\n',
      '.github/workflows/press.yml': WORKFLOW,
    });
    await github.github.createRepository(
      'acme',
      'open',
      { 'README.md': '# Open\n' },
      { isPrivate: false },
    );
  });
  afterAll(() => github.stop());

  const basic = (password: string) =>
    `Basic ${Buffer.from(`anybody:${password}`).toString('base64')}`;
  const page = (path: string, authorization?: string, more: RequestInit = {}) =>
    fetch(github.github.url + path, {
      redirect: 'manual',
      headers: {
        origin: github.github.url,
        ...(authorization && { authorization }),
      },
      ...more,
    });

  it.each(['token other', 'Bearer other', basic('other'), basic('ghs_x')])(
    'refuses %s everywhere',
    async authorization => {
      const rest = await github.call('GET', '/repos/acme/open', undefined, {
        authorization,
      });
      expect(rest.status).toBe(401);
      expect(rest.body.message).toBe('Bad credentials');
      const refs = '/acme/open.git/info/refs?service=git-receive-pack';
      for (const path of [
        refs,
        '/acme/hidden',
        '/raw/acme/open/main/README.md',
      ])
        expect([path, (await page(path, authorization)).status]).toEqual([
          path,
          401,
        ]);
    },
  );

  it('takes its own token and those that it issues', async () => {
    const jane = await github.github.createUserToken('jane');
    const read = async (repo: string, token: string) =>
      (
        await github.call('GET', `/repos/acme/${repo}`, undefined, {
          authorization: `token ${token}`,
        })
      ).status;
    expect(await read('hidden', TOKEN)).toBe(200);
    expect(await read('open', jane)).toBe(200);
    expect(await read('hidden', jane)).toBe(404);
    const folder = await github.clone('acme/hidden', TOKEN);
    expect(await github.runGit(folder, 'ls-files')).toContain('README.md');
    await expect(github.clone('acme/hidden', 'other')).rejects.toThrow();
  });

  it('shows public pages to everyone, private ones for a token', async () => {
    const private_ = ['', '/blob/main/README.md', '/raw/main/README.md'];
    for (const path of private_) {
      const answer = await page(`/acme/hidden${path}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(await answer.text()).not.toContain('# Hidden');
      expect((await page(`/acme/hidden${path}`, basic(TOKEN))).status).toBe(
        200,
      );
      expect((await page(`/acme/open${path}`)).status).toBe(200);
    }
    expect(await (await page('/')).text()).not.toContain('hidden');
    expect(await (await page('/acme', basic(TOKEN))).text()).toContain(
      'hidden',
    );
  });

  it('takes a button press only with its own token, not with that of a job or of another person', async () => {
    const authorization = `token ${TOKEN}`;
    const jane = await github.github.createUserToken('jane');
    await github.github.addCollaborator(REPO, 'jane', 'read');
    const press = (who?: string) =>
      page('/acme/hidden/pull/1/merge', who, {
        method: 'POST',
        body: new URLSearchParams({ method: 'merge' }),
      });
    expect((await press()).status).toBe(401);
    expect((await press(basic(jane))).status).toBe(401);
    // No such pull request: past the token.
    expect((await press(basic(TOKEN))).status).toBe(404);

    const run = await github.call(
      'POST',
      '/repos/acme/hidden/actions/workflows/press.yml/dispatches',
      { ref: 'main', return_run_details: true },
      { authorization },
    );
    await github.github.actions.idle();
    const runPath = `/acme/hidden/actions/runs/${run.body.workflow_run_id}`;
    const { body } = await github.call(
      'GET',
      `/repos${runPath}/jobs`,
      undefined,
      { authorization },
    );
    const logPath = `${runPath}/job/${body.jobs[0].id}/log.txt`;
    const log = await (await page(logPath, basic(TOKEN))).text();
    expect(log).toContain('page 200');
    expect(log).toContain('button 401');
  });

  const paths = [
    '/',
    '/acme/open',
    '/api/v3/repos/acme/open',
    '/api/conformance',
    '/raw/acme/open/main/README.md',
    '/acme/open.git/info/refs?service=git-upload-pack',
  ];
  it.each(paths)('%s is for this machine’s names only', async path => {
    const { port } = github.github;
    const ask = (host: string) =>
      askHost(port, host, { path, headers: { authorization: basic(TOKEN) } });
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      'evil.example@localhost',
      '127.0.0.2',
      '',
    ])
      expect(await ask(host)).toEqual({
        status: 421,
        text: expect.stringContaining('use localhost, 127.0.0.1 or [::1]'),
      });
    for (const host of [`LOCALHOST:${port}`, '127.0.0.1', '[::1]:80'])
      expect([host, (await ask(host)).status]).toEqual([host, 200]);
    // Node itself refuses a request without the header.
    expect((await askHost(port, undefined, { path })).status).toBe(400);
  });
});
