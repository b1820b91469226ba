import { createSign, generateKeyPairSync } from 'node:crypto';
import { TestGitHub } from './testing/testGitHub';

/** A workflow that commits to main and opens a pull request, as the App or with its own token. */
const workflow = `
on: workflow_dispatch
permissions: { contents: write, pull-requests: write }
jobs:
  a:
    runs-on: x
    steps:
      - id: app
        if: vars.APP_ID != ''
        uses: actions/create-github-app-token@v2
        with:
          app-id: \${{ vars.APP_ID }}
          private-key: \${{ secrets.APP_KEY }}
          permission-contents: write
          permission-pull-requests: write
      - uses: actions/checkout@v6
        with: { token: "\${{ steps.app.outputs.token || github.token }}" }
      - env:
          TOKEN: \${{ steps.app.outputs.token || github.token }}
        run: |
          echo "slug=\${{ steps.app.outputs.app-slug }} token=$TOKEN"
          git config user.name X; git config user.email x@example.com
          git checkout -q -b side; echo side > side.txt; git add side.txt; git commit -qm side
          git push -q origin side
          curl -sS --fail-with-body -X POST "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pulls" \\
            -H "Authorization: Bearer $TOKEN" -d '{"title":"Side","head":"side","base":"main"}' > /dev/null
          git checkout -q main; echo main > main.txt; git add main.txt; git commit -qm straight
          git push -q origin main
`;
const started = `
on: { push: { branches: [main] }, pull_request: {} }
jobs: { a: { runs-on: x, steps: [{ run: echo started }] } }
`;

describe('a GitHub App and GITHUB_TOKEN', () => {
  const repo = { owner: 'acme', name: 'app' };
  let test: TestGitHub;
  let app: { appId: number; privateKey: string };

  beforeEach(async () => {
    test = await new TestGitHub().start();
    app = await test.github.createApp('golden-path');
    await test.github.createRepository('acme', 'app', {
      '.github/workflows/act.yml': workflow,
      '.github/workflows/started.yml': started,
    });
  });
  afterEach(() => test.stop());

  const protect = (apps: string[]) =>
    test.call('PUT', '/repos/acme/app/branches/main/protection', {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: {
        bypass_pull_request_allowances: { apps },
      },
      restrictions: null,
    });
  const act = async (asApp: boolean) => {
    if (asApp) {
      await test.github.setVariable(repo, 'APP_ID', String(app.appId));
      await test.github.setSecret(repo, 'APP_KEY', app.privateKey);
    }
    await test.call(
      'POST',
      '/repos/acme/app/actions/workflows/act.yml/dispatches',
      { ref: 'main' },
    );
    await test.github.actions.idle();
    const { workflow_runs: runs } = (
      await test.call('GET', '/repos/acme/app/actions/runs')
    ).body;
    const [acted] = runs.filter((run: any) => run.path.endsWith('act.yml'));
    const { body } = await test.call(
      'GET',
      `${acted.jobs_url.split('/api/v3')[1]}`,
    );
    const log = await test.call(
      'GET',
      `/repos/acme/app/actions/jobs/${body.jobs[0].id}/logs`,
    );
    const text = await fetch(log.headers.get('location')!).then(r => r.text());
    return {
      conclusion: acted.conclusion,
      started: runs
        .filter((run: any) => run.path.endsWith('started.yml'))
        .map((run: any) => run.event)
        .sort(),
      pulls: (
        await test.call('GET', '/repos/acme/app/pulls?state=all')
      ).body.map((pull: any) => pull.user.login),
      onMain: await test.read('acme/app', 'main.txt'),
      log: text,
    };
  };

  it.each([
    {
      reason: "an App's: both start workflows",
      asApp: true,
      protectedFor: undefined,
      expected: {
        conclusion: 'success',
        started: ['pull_request', 'push'],
        pulls: ['golden-path[bot]'],
        onMain: 'main\n',
      },
    },
    {
      reason: "a run's own: neither starts one",
      asApp: false,
      protectedFor: undefined,
      expected: {
        conclusion: 'success',
        started: [],
        pulls: ['github-actions[bot]'],
        onMain: 'main\n',
      },
    },
    {
      reason: "an App's that may bypass the protected branch",
      asApp: true,
      protectedFor: ['golden-path'],
      expected: {
        conclusion: 'success',
        started: ['pull_request', 'push'],
        pulls: ['golden-path[bot]'],
        onMain: 'main\n',
      },
    },
    {
      reason: "an App's that may not",
      asApp: true,
      protectedFor: [],
      expected: {
        conclusion: 'failure',
        started: ['pull_request'],
        pulls: ['golden-path[bot]'],
        onMain: undefined,
      },
    },
    {
      reason: "a run's own, on a protected branch",
      asApp: false,
      protectedFor: ['golden-path'],
      expected: {
        conclusion: 'failure',
        started: [],
        pulls: ['github-actions[bot]'],
        onMain: undefined,
      },
    },
  ])('$reason', async ({ asApp, protectedFor, expected }) => {
    if (protectedFor) expect((await protect(protectedFor)).status).toBe(200);
    const { log, ...seen } = await act(asApp);
    expect({ ...seen, log: seen.conclusion }).toEqual({
      ...expected,
      log: expected.conclusion,
    });
    expect(log).not.toMatch(/ghs_[0-9a-f]/);
    expect(log).toContain(
      asApp ? 'slug=golden-path token=***' : 'slug= token=***',
    );
    if (seen.conclusion === 'failure')
      expect(log).toContain('GH006: Protected branch update failed');
    expect(test.github.conformance!.violations).toEqual([]);
  });

  describe('its tokens', () => {
    const jwt = (
      claims: object,
      { key = app.privateKey, alg = 'RS256' } = {},
    ) => {
      const part = (value: object) =>
        Buffer.from(JSON.stringify(value)).toString('base64url');
      const text = `${part({ alg })}.${part(claims)}`;
      return `${text}.${createSign('RSA-SHA256')
        .update(text)
        .sign(key, 'base64url')}`;
    };
    const seconds = () => Math.floor(Date.now() / 1000);
    const claims = () => ({
      iss: String(app.appId),
      iat: seconds() - 30,
      exp: seconds() + 540,
    });
    const as = (token: string) => ({ authorization: `Bearer ${token}` });

    it('are asked for with a JSON web token, work, and are given back', async () => {
      const found = await test.call(
        'GET',
        '/repos/acme/app/installation',
        undefined,
        as(jwt(claims())),
      );
      const listed = await test.call(
        'GET',
        '/app/installations',
        undefined,
        as(jwt(claims())),
      );
      expect(listed.body).toMatchObject([found.body]);
      expect(found.body).toMatchObject({
        app_id: app.appId,
        app_slug: 'golden-path',
        account: { login: 'acme' },
      });
      const made = await test.call(
        'POST',
        `/app/installations/${found.body.id}/access_tokens`,
        { permissions: { contents: 'read' } },
        as(jwt(claims())),
      );
      expect(made.status).toBe(201);
      const { token } = made.body;
      const read = () =>
        test.call('GET', '/repos/acme/app', undefined, as(token));
      expect((await read()).status).toBe(200);
      const revoked = await test.call(
        'DELETE',
        '/installation/token',
        undefined,
        as(token),
      );
      expect(revoked.status).toBe(204);
      expect((await read()).status).toBe(401);
      expect(test.github.conformance!.violations).toEqual([]);
    });

    it.each([
      {
        reason: 'another key',
        token: () =>
          jwt(claims(), {
            key: generateKeyPairSync('rsa', {
              modulusLength: 2048,
              publicKeyEncoding: { type: 'spki', format: 'pem' },
              privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
            }).privateKey,
          }),
        says: 'could not be decoded',
      },
      {
        reason: 'an app that there is none of',
        token: () => jwt({ ...claims(), iss: '999999' }),
        says: 'Integration not found',
      },
      {
        reason: 'one that has ended',
        token: () => jwt({ ...claims(), exp: seconds() - 1 }),
        says: "'exp'",
      },
      {
        reason: 'one that would live too long',
        token: () => jwt({ ...claims(), exp: seconds() + 3600 }),
        says: 'too far in the future',
      },
      {
        reason: 'one without a signature worth the name',
        token: () => jwt(claims(), { alg: 'none' }),
        says: 'could not be decoded',
      },
    ])('are refused for $reason', async ({ token, says }) => {
      const { status, body } = await test.call(
        'GET',
        '/repos/acme/app/installation',
        undefined,
        as(token()),
      );
      expect({ status, says: body.message }).toEqual({
        status: 401,
        says: expect.stringContaining(says),
      });
    });

    it('are all that a JSON web token may ask for', async () => {
      const { status } = await test.call(
        'GET',
        '/repos/acme/app/pulls',
        undefined,
        as(jwt(claims())),
      );
      expect(status).toBe(403);
    });
  });
});
