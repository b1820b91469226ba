import { TestGitHub } from '../testing/testGitHub';

const HOSTILE = `<script>alert(1)</script> & "quotes" 'single'`;

describe('the pages', () => {
  let github: TestGitHub;
  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository(
      'acme',
      'app',
      {
        'README.md': `# ${HOSTILE}\n`,
        'docs/<b>.md': `${HOSTILE}\n`,
        '.github/workflows/w.yml': `on: push\nname: ${JSON.stringify(
          HOSTILE,
        )}\njobs: {a: {runs-on: x, steps: [{name: ${JSON.stringify(
          HOSTILE,
        )}, run: echo '<script>'}]}}\n`,
      },
      { description: HOSTILE },
    );
    await github.write('acme/app', 'x.md', `${HOSTILE}\n`, 'feature/<x>');
    await github.call('POST', '/repos/acme/app/pulls', {
      title: HOSTILE,
      body: `${HOSTILE}\n\n| a | b |\n|---|---|\n| <i>1</i> | \`2\` |\n\n[x](javascript:alert(1))<!-- hidden -->`,
      head: 'feature/<x>',
      base: 'main',
    });
    await github.call('POST', '/repos/acme/app/issues/1/labels', {
      labels: ['<em>label</em>'],
    });
    await github.call('POST', '/repos/acme/app/issues', { title: HOSTILE });
    await github.github.actions.idle();
  });
  afterAll(() => github.stop());

  const get = (path: string) => fetch(github.github.url + path);

  const paths = [
    '/',
    '/acme',
    '/acme/app',
    '/acme/app/tree/main/docs',
    `/acme/app/blob/main/docs/${encodeURIComponent('<b>.md')}`,
    '/acme/app/tree/feature/%3Cx%3E',
    '/acme/app/commits/main',
    '/acme/app/commit/main',
    '/acme/app/pulls',
    '/acme/app/pull/1',
    '/acme/app/issues',
    '/acme/app/issues/2',
    '/acme/app/actions',
    '/acme/app/actions/runs/1',
  ];
  it.each(paths)(
    '%s answers, says what it is, and escapes everything',
    async path => {
      const answer = await get(path);
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).toContain('Local GitHub');
      expect(text).not.toMatch(
        /<script|<b>\.md|<i>1|<em>label|javascript:alert\(1\)"/,
      );
      expect(answer.headers.get('content-security-policy')).toContain(
        "default-src 'none'",
      );
    },
  );

  const missing = [
    '/nobody',
    '/acme/nothing',
    '/acme/app/pull/99',
    '/acme/app/blob/main/nothing',
    '/acme/app/actions/runs/99',
    '/acme/app/wiki',
    '/raw/acme/app/main/README.md',
  ];
  it.each(missing)('%s is 404 in words', async path => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('Not Found');
  });

  it('show a pull request’s table, labels and files, and hide its marker', async () => {
    const text = await (await get('/acme/app/pull/1')).text();
    expect(text).toMatch(/<td>&lt;i&gt;1&lt;\/i&gt;<\/td>/);
    expect(text).toContain('x.md');
    expect(text).not.toContain('hidden -->');
    expect(text.match(/<button/g)).toHaveLength(2);
  });

  it('show what steps wrote to their summary, as Markdown that is harmless, masked, and not too large', async () => {
    const repo = { owner: 'acme', name: 'summaries' };
    await github.github.createRepository(repo.owner, repo.name, {
      '.github/workflows/w.yml': `
on: workflow_dispatch
jobs:
  plan:
    runs-on: x
    steps:
      - run: |
          echo '## The plan' >> "$GITHUB_STEP_SUMMARY"
          echo '<script>alert(1)</script> [x](javascript:alert(1))' >> "$GITHUB_STEP_SUMMARY"
      - run: echo 'key \${{ secrets.KEY }}, second' >> "$GITHUB_STEP_SUMMARY"
      - run: yes large | head -c 1100000 >> "$GITHUB_STEP_SUMMARY"
  silent: { runs-on: x, steps: [{ run: 'true' }] }
`,
    });
    await github.github.setSecret(repo, 'KEY', 'summary-canary');
    const run = await github.call(
      'POST',
      '/repos/acme/summaries/actions/workflows/w.yml/dispatches',
      { ref: 'main', return_run_details: true },
    );
    await github.github.actions.idle();
    const text = await (
      await get(`/acme/summaries/actions/runs/${run.body.workflow_run_id}`)
    ).text();
    expect(text).toContain('<h3>The plan</h3>');
    expect(text).toContain('<p>key ***, second</p>');
    expect(text.match(/<\/b> summary/g)).toHaveLength(1);
    expect(text).toContain(
      '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1075k.',
    );
    expect(text).not.toMatch(
      /<script|javascript:alert\(1\)"|summary-canary|<p>large/,
    );
  });

  it('give files as they are, to those with a token where the repository is private', async () => {
    const answer = await fetch(
      `${github.github.rawUrl}/acme/app/feature/%3Cx%3E/x.md`,
      { headers: { authorization: 'Bearer x' } },
    );
    expect(await answer.text()).toBe(`${HOSTILE}\n`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('approve with the button, not from another site, and show who did', async () => {
    const press = (headers = {}) =>
      fetch(`${github.github.url}/acme/app/pull/1/approve`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: github.github.url, ...headers },
      });
    expect((await press({ origin: 'http://evil.example' })).status).toBe(403);
    const reviews = async () =>
      (await github.call('GET', '/repos/acme/app/pulls/1/reviews')).body;
    expect(await reviews()).toEqual([]);
    const answer = await press();
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/acme/app/pull/1');
    expect(await reviews()).toMatchObject([
      { state: 'APPROVED', user: { login: 'developer' } },
    ]);
    expect(await (await get('/acme/app/pull/1')).text()).toMatch(
      /<b>developer<\/b> approved\s*<code>[0-9a-f]{7}<\/code>/,
    );
  });

  it('merge with the button, not from another site, and say why not', async () => {
    const press = (fields: Record<string, string>, headers = {}) =>
      fetch(`${github.github.url}/acme/app/pull/1/merge`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: github.github.url, ...headers },
        body: new URLSearchParams(fields),
      });
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: '' },
      { origin: `http://localhost:${github.github.port + 1}` },
      { 'sec-fetch-site': 'same-site' },
    ])
      expect((await press({}, headers)).status).toBe(403);
    const stale = await press({ method: 'merge', sha: '0'.repeat(40) });
    expect(stale.status).toBe(409);
    expect(await stale.text()).toContain('Head branch was modified');
    expect((await press({ method: 'nonsense' })).status).toBe(422);
    const merged = await press(
      { method: 'squash' },
      { 'sec-fetch-site': 'same-origin' },
    );
    expect(merged.status).toBe(303);
    expect(merged.headers.get('location')).toBe('/acme/app/pull/1');
    const text = await (await get('/acme/app/pull/1')).text();
    expect(text).toContain('Merged');
    expect(text).not.toContain('<button');
    await github.github.actions.idle();
  });
});
