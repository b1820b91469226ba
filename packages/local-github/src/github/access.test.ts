import { createAppToken } from '../actions/appToken';
import { TestGitHub } from './testing/testGitHub';

const REPO = { owner: 'acme', name: 'infra' };
const path = '/repos/acme/infra';
const MEMBERSHIP = '/orgs/acme/teams/approvers/memberships/tom';

describe('who may do what', () => {
  let github: TestGitHub;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    github = await new TestGitHub().start();
    const { github: server } = github;
    await server.createRepository('acme', 'infra', {
      'README.md': '# Infra\n',
      '.github/workflows/token.yml': `
on: workflow_dispatch
permissions: write-all
jobs:
  a:
    runs-on: x
    steps:
      - env: { TOKEN: '\${{ github.token }}' }
        run: |
          for path in ${MEMBERSHIP} ${path}/collaborators/tom/permission; do
            curl -sS -w ' %{http_code}\\n' -H "Authorization: Bearer $TOKEN" "$GITHUB_API_URL$path"
          done
`,
    });
    await server.createTeam('acme', 'approvers');
    await server.addTeamMember('acme', 'approvers', 'tom');
    await server.addCollaborator(REPO, 'ada', 'admin');
    await server.addCollaborator(REPO, 'max', 'maintain');
    await server.addCollaborator(REPO, 'eve', 'write');
    await server.addCollaborator(REPO, 'rob', 'read');
    for (const login of ['ada', 'max', 'eve', 'rob', 'tom', 'zoe'])
      tokens[login] = await server.createUserToken(login);
    await github.call('PUT', `${path}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: {},
      restrictions: null,
    });
    await github.write('acme/infra', 'a.md', 'a', 'feature');
    await github.call('POST', `${path}/pulls`, {
      title: 'One',
      head: 'feature',
      base: 'main',
    });
  });
  afterAll(() => github.stop());

  const as = (login: string) => ({ authorization: `token ${tokens[login]}` });

  const CALLS: Record<string, [string, string, unknown?]> = {
    'read contents': ['GET', `${path}/contents/README.md`],
    'open issue': ['POST', `${path}/issues`, { title: 'x' }],
    label: ['POST', `${path}/issues/1/labels`, { labels: ['x'] }],
    'write branch': [
      'POST',
      `${path}/git/refs`,
      { ref: 'refs/heads/x', sha: '0'.repeat(40) },
    ],
    dispatch: [
      'POST',
      `${path}/actions/workflows/none.yml/dispatches`,
      { ref: 'main' },
    ],
    'secret names': ['GET', `${path}/actions/secrets`],
    environments: ['GET', `${path}/environments`],
    'set environment': ['PUT', `${path}/environments/x`, {}],
    'unprotect main': ['DELETE', `${path}/branches/nothing/protection`],
    'add collaborator': ['PUT', `${path}/collaborators/nobody`, {}],
    'join team': ['PUT', MEMBERSHIP.replace('tom', 'nobody'), {}],
  };
  const READ = ['read contents', 'open issue', 'environments'];
  const WRITE = [...READ, 'label', 'write branch', 'dispatch', 'secret names'];
  const ADMIN = [
    ...WRITE,
    'set environment',
    'unprotect main',
    'add collaborator',
  ];

  it.each([
    { login: 'rob', role: 'read', may: READ },
    { login: 'eve', role: 'write', may: WRITE },
    { login: 'max', role: 'maintain', may: WRITE },
    { login: 'ada', role: 'admin', may: ADMIN },
    { login: 'zoe', role: 'none', may: [] },
  ])('$login has the role $role', async ({ login, role, may }) => {
    const allowed: string[] = [];
    for (const [name, [method, where, body]] of Object.entries(CALLS)) {
      const reply = await github.call(method, where, body, as(login));
      // What is allowed may be wrong for another reason.
      const isRefused =
        reply.status === 403 ||
        (role === 'none' && reply.status === 404 && where.startsWith('/repos'));
      if (!isRefused) allowed.push(name);
      if (reply.status === 403)
        expect(reply.body.message).toMatch(
          /^Must have (triage|write|push|admin) rights to Repository\.$/,
        );
    }
    expect(allowed.sort()).toEqual([...may].sort());
    const permission = await github.call(
      'GET',
      `${path}/collaborators/${login}/permission`,
    );
    expect(permission.body).toMatchObject({ role_name: role });
  });

  it('a team’s role is its members’', async () => {
    const permission = () =>
      github.call('GET', `${path}/collaborators/tom/permission`);
    expect((await permission()).body).toMatchObject({
      role_name: 'none',
      permission: 'none',
    });
    await github.call('PUT', `/orgs/acme/teams/approvers${path}`, {
      permission: 'maintain',
    });
    expect((await permission()).body).toMatchObject({
      role_name: 'maintain',
      permission: 'write',
      user: { login: 'tom' },
    });
    const missing = `${path}/collaborators/nobody/permission`;
    expect((await github.call('GET', missing)).status).toBe(404);
  });

  it('git takes pushes of branches from whoever may write, to a protected branch from admins', async () => {
    const push = async (login: string, branch: string) => {
      const clone = await github.clone('acme/infra', tokens[login]);
      await github.runGit(clone, 'commit', '-q', '--allow-empty', '-m', login);
      return github
        .runGit(clone, 'push', '-q', 'origin', `HEAD:${branch}`)
        .then(() => 'pushed')
        .catch(error => error.stderr as string);
    };
    expect(await push('eve', 'of-eve')).toBe('pushed');
    expect(await push('eve', 'main')).toContain(
      'Changes must be made through a pull request.',
    );
    expect(await push('rob', 'of-rob')).toContain('403');
    expect(await push('ada', 'main')).toBe('pushed');
    await expect(github.clone('acme/infra', tokens.zoe)).rejects.toMatchObject({
      stderr: expect.stringContaining('not found'),
    });
  });

  describe('an App', () => {
    const tokenOf = async (
      permissions?: Record<string, 'read' | 'write'>,
      wanted: Record<string, string> = {},
    ) => {
      const app = await github.github.createApp('reviewer', permissions);
      const { token } = await createAppToken({
        inputs: {
          'app-id': String(app.appId),
          'private-key': app.privateKey,
          ...wanted,
        },
        apiUrl: github.github.apiUrl,
        repository: 'acme/infra',
        signal: new AbortController().signal,
      });
      return { authorization: `token ${token}` };
    };
    const REVIEWER = { members: 'read', pull_requests: 'write' } as const;
    const get = async (where: string, headers: Record<string, string>) =>
      (await github.call('GET', where, undefined, headers)).status;
    const put = async (headers: Record<string, string>) =>
      github.call(
        'PUT',
        `${path}/contents/x.md`,
        { message: 'x', content: '', branch: 'feature' },
        headers,
      );

    it('reads members where it has been given that', async () => {
      const reviewer = await tokenOf(REVIEWER);
      const found = await github.call('GET', MEMBERSHIP, undefined, reviewer);
      expect(found.body).toMatchObject({ role: 'member', state: 'active' });
      expect(await get(MEMBERSHIP.replace('tom', 'eve'), reviewer)).toBe(404);
      expect(await get(MEMBERSHIP.replace('approvers', 'x'), reviewer)).toBe(
        404,
      );
      const plain = await tokenOf();
      const refused = await github.call('GET', MEMBERSHIP, undefined, plain);
      expect(refused.status).toBe(403);
      expect(refused.body.message).toBe(
        'Resource not accessible by integration',
      );
    });

    it('does nothing that it has not been given', async () => {
      const reviewer = await tokenOf(REVIEWER);
      expect((await put(reviewer)).status).toBe(403);
      const label = ['POST', `${path}/issues/1/labels`] as const;
      expect(
        (await github.call(...label, { labels: ['of-app'] }, reviewer)).status,
      ).toBe(200);
      const remote = reviewer.authorization.replace('token ', '');
      await expect(github.clone('acme/infra', remote)).rejects.toMatchObject({
        stderr: expect.stringContaining('403'),
      });
      expect((await put(await tokenOf())).status).toBe(201);
    });

    it('gets a token for less, and none for more', async () => {
      const reads = { 'permission-contents': 'read' };
      expect((await put(await tokenOf(undefined, reads))).status).toBe(403);
      await expect(
        tokenOf(REVIEWER, { 'permission-contents': 'write' }),
      ).rejects.toThrow(
        '422 The permissions requested are not granted to this installation.',
      );
    });
  });

  it('a job’s token reads roles, and no members', async () => {
    const started = await github.call(
      'POST',
      `${path}/actions/workflows/token.yml/dispatches`,
      { ref: 'main', return_run_details: true },
    );
    await github.github.actions.idle();
    const id = started.body.workflow_run_id;
    const { body } = await github.call(
      'GET',
      `${path}/actions/runs/${id}/jobs`,
    );
    const log = `/acme/infra/actions/runs/${id}/job/${body.jobs[0].id}/log.txt`;
    const text = await (await fetch(github.github.url + log)).text();
    expect(text).toMatch(/Resource not accessible by integration.*403/);
    expect(text).toMatch(/"role_name":.* 200/);
  });

  it('labels say who set and took them, and when', async () => {
    const issue = `${path}/issues/1`;
    await github.call('POST', `${issue}/labels`, { labels: ['ok'] }, as('eve'));
    await github.call('DELETE', `${issue}/labels/ok`, undefined, as('max'));
    await github.call('POST', `${issue}/labels`, { labels: ['ok'] }, as('max'));
    const { body } = await github.call('GET', `${issue}/events`);
    const events = body
      .filter((event: any) => event.label?.name === 'ok')
      .map((event: any) => [event.event, event.actor.login]);
    expect(events).toEqual([
      ['labeled', 'eve'],
      ['unlabeled', 'max'],
      ['labeled', 'max'],
    ]);
    expect(body[0].created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});

describe('the pull requests of a commit', () => {
  let github: TestGitHub;
  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'infra', { 'a.md': 'a' });
  });
  afterAll(() => github.stop());

  const open = async (branch: string) => {
    const sha = await github.write('acme/infra', `${branch}.md`, 'x', branch);
    const { body } = await github.call('POST', `${path}/pulls`, {
      title: branch,
      head: branch,
      base: 'main',
    });
    return { sha, number: body.number as number };
  };
  const pullsOf = async (sha: string) => {
    const { body } = await github.call('GET', `${path}/commits/${sha}/pulls`);
    return body.map(({ number }: any) => number);
  };

  it.each(['merge', 'squash', 'rebase'])(
    'are found before and after a %s',
    async method => {
      const { sha, number } = await open(method);
      const other = await open(`beside-${method}`);
      expect(await pullsOf(sha)).toEqual([number]);
      const merged = await github.call('PUT', `${path}/pulls/${number}/merge`, {
        merge_method: method,
      });
      expect(await pullsOf(merged.body.sha)).toEqual([number]);
      expect(await pullsOf(sha)).toEqual([number]);
      expect(await pullsOf(other.sha)).toEqual([other.number]);
      // A branch that starts later has it too, and didn't bring it.
      const later = await open(`after-${method}`);
      expect(await pullsOf(merged.body.sha)).toEqual([number]);
      expect(await pullsOf(later.sha)).toEqual([later.number]);
    },
  );

  it('are none for a commit that was pushed, and of a pull request that was closed', async () => {
    const pushed = await github.write('acme/infra', 'pushed.md', 'x');
    expect(await pullsOf(pushed)).toEqual([]);
    const { sha, number } = await open('closed');
    await github.call('PATCH', `${path}/pulls/${number}`, { state: 'closed' });
    expect(await pullsOf(sha)).toEqual([]);
    const none = await github.call('GET', `${path}/commits/nothing/pulls`);
    expect(none.status).toBe(422);
  });
});
