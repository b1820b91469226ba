import { TestGitHub } from './testing/testGitHub';

const REPO = { owner: 'acme', name: 'app' };
const FILE = '.github/workflows/hello.yml';
const WORKFLOW = `
on: { push: {}, workflow_dispatch: { inputs: { who: { type: string } } } }
jobs: { one: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] } }
`;
const DISPATCHES = '/repos/acme/app/actions/workflows/hello.yml/dispatches';

describe('a GitHub that misbehaves', () => {
  let github: TestGitHub;
  beforeEach(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', {
      'README.md': '# App\n',
      [FILE]: WORKFLOW,
    });
    await github.github.actions.idle();
  });
  afterEach(() => github.stop());

  const dispatch = (headers: Record<string, string | undefined> = {}) =>
    github.call(
      'POST',
      DISPATCHES,
      { ref: 'main', return_run_details: true },
      headers,
    );
  const dispatched = async (): Promise<number> =>
    (
      await github.call(
        'GET',
        '/repos/acme/app/actions/runs?event=workflow_dispatch',
      )
    ).body.total_count;

  const rows: Array<{
    fault: Parameters<typeof github.github.faults.next>[0];
    answer: unknown;
    headers?: Record<string, string | null>;
    runs: number;
  }> = [
    {
      fault: { kind: 'reset-before', path: DISPATCHES },
      answer: 'ECONNRESET',
      runs: 0,
    },
    {
      fault: { kind: 'reset-after', path: DISPATCHES },
      answer: 'ECONNRESET',
      runs: 1,
    },
    {
      fault: { kind: 'bad-gateway-before', path: /dispatches$/ },
      answer: 502,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      runs: 0,
    },
    {
      fault: { kind: 'bad-gateway-after', path: /dispatches$/ },
      answer: 502,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      runs: 1,
    },
    {
      fault: { kind: 'slow', path: DISPATCHES, delay: 300 },
      answer: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      runs: 1,
    },
    {
      fault: { kind: 'not-found', path: DISPATCHES },
      answer: 404,
      runs: 0,
    },
    {
      fault: { kind: 'too-many-requests', path: DISPATCHES, retryAfter: 7 },
      answer: 429,
      headers: { 'retry-after': '7' },
      runs: 0,
    },
    {
      fault: { kind: 'secondary-limit', path: DISPATCHES },
      answer: 403,
      headers: { 'retry-after': null, 'x-ratelimit-remaining': '4000' },
      runs: 0,
    },
    {
      fault: { kind: 'primary-limit', path: DISPATCHES, resetsIn: 60 },
      answer: 403,
      headers: { 'retry-after': null, 'x-ratelimit-remaining': '0' },
      runs: 0,
    },
  ];
  it.each(rows)('$fault.kind', async ({ fault, answer, headers, runs }) => {
    const met = github.github.faults.next({ method: 'POST', ...fault });
    const start = performance.now();
    const reply = await dispatch().catch(error => error.cause.code);
    expect(reply.status ?? reply).toBe(answer);
    for (const [name, value] of Object.entries(headers ?? {}))
      expect(reply.headers.get(name)).toBe(value);
    if (fault.delay)
      expect(performance.now() - start).toBeGreaterThan(fault.delay);
    if (reply.status === 200)
      expect(reply.body.workflow_run_id).toEqual(expect.any(Number));
    expect(await dispatched()).toBe(runs);
    expect(met.met).toBe(1);

    expect((await dispatch()).status).toBe(200);
    expect(await dispatched()).toBe(runs + 1);
  });

  it('meets as many calls as asked for, of that method and path alone, in turn', async () => {
    const { faults } = github.github;
    faults.next({ kind: 'not-found', path: '/repos/acme/app', times: 2 });
    faults.next({ kind: 'secondary-limit', path: /^\/repos\/acme\/app$/ });
    faults.next({ kind: 'not-found', method: 'PUT', path: /./ });
    const read = async (path: string) =>
      (await github.call('GET', path)).status;
    expect(await read('/repos/acme/app/branches/main')).toBe(200);
    const answers: number[] = [];
    for (let call = 0; call < 4; call++)
      answers.push(await read('/repos/acme/app'));
    expect(answers).toEqual([404, 404, 403, 200]);
    faults.next({ kind: 'not-found', path: /./ });
    faults.clear();
    expect(await read('/repos/acme/app')).toBe(200);
  });

  it('breaks a push after it has arrived', async () => {
    const clone = await github.clone('acme/app');
    await github.runGit(clone, 'commit', '--allow-empty', '-qm', 'Second');
    github.github.faults.next({
      kind: 'reset-after',
      path: '/acme/app.git/git-receive-pack',
    });
    await expect(github.runGit(clone, 'push', '-q')).rejects.toThrow();
    expect(await github.runGit(clone, 'ls-remote', 'origin', 'main')).toContain(
      await github.runGit(clone, 'rev-parse', 'HEAD'),
    );
  });

  it('refuses a token that was revoked, for git too', async () => {
    const token = await github.github.createUserToken('jane');
    await github.github.addCollaborator(REPO, 'jane', 'admin');
    const headers = { authorization: `token ${token}` };
    expect((await dispatch(headers)).status).toBe(200);
    github.github.revokeToken(token);
    expect(await dispatch(headers)).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials' },
    });
    await expect(github.clone('acme/app', token)).rejects.toThrow();
  });

  it('refuses what a suspended App asks for', async () => {
    await github.github.createApp('bot', {
      actions: 'write',
      contents: 'read',
    });
    const token = github.github.createAppToken('bot');
    const headers = { authorization: `token ${token}` };
    expect((await dispatch(headers)).status).toBe(200);
    await github.github.suspendApp('bot');
    expect(await dispatch(headers)).toMatchObject({
      status: 403,
      body: { message: 'This installation has been suspended' },
    });
    expect(() => github.github.createAppToken('bot')).toThrow('suspended');
    await expect(github.github.suspendApp('none')).rejects.toThrow(
      'There is no App "none"',
    );
    await github.github.suspendApp('bot', false);
    expect((await dispatch(headers)).status).toBe(200);
  });

  it('lets nobody write to an archived repository but its settings', async () => {
    await github.github.archiveRepository(REPO);
    expect(await dispatch()).toMatchObject({
      status: 403,
      body: { message: 'Repository was archived so is read-only.' },
    });
    expect((await github.call('GET', '/repos/acme/app')).body.archived).toBe(
      true,
    );
    const clone = await github.clone('acme/app');
    await github.runGit(clone, 'commit', '--allow-empty', '-qm', 'Second');
    await expect(github.runGit(clone, 'push', '-q')).rejects.toThrow(/403/);
    await github.github.archiveRepository(REPO, false);
    expect((await dispatch()).status).toBe(200);
  });

  it.each([
    { version: '3.19.4', inputs: 11, status: 422, reason: 'ten before 3.20' },
    { version: '3.19.4', inputs: 10, status: 200, reason: 'ten are enough' },
    { version: '3.20.0', inputs: 11, status: 200, reason: '25 since 3.20' },
    { version: undefined, inputs: 11, status: 200, reason: 'github.com' },
  ])(
    'takes $inputs inputs of a dispatch: $reason',
    async ({ version, inputs, status }) => {
      const names = Array.from({ length: inputs }, (_, n) => `input_${n}`);
      await github.write(
        'acme/app',
        '.github/workflows/inputs.yml',
        `on:\n  workflow_dispatch:\n    inputs:\n${names
          .map(name => `      ${name}: {}\n`)
          .join(
            '',
          )}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: 'true'\n`,
      );
      github.github.setServerVersion(version);
      try {
        expect((await github.call('GET', '/meta')).body).toEqual({
          verifiable_password_authentication: false,
          ...(version && { installed_version: version }),
        });
        const answer = await github.call(
          'POST',
          '/repos/acme/app/actions/workflows/inputs.yml/dispatches',
          {
            ref: 'main',
            inputs: Object.fromEntries(names.map(name => [name, 'x'])),
            return_run_details: true,
          },
        );
        expect(answer.status).toBe(status);
      } finally {
        github.github.setServerVersion(undefined);
        await github.github.actions.idle();
      }
    },
  );

  it('has no issues where the settings switch them off, while pull requests go on', async () => {
    const issues = '/repos/acme/app/issues';
    await github.call('PATCH', '/repos/acme/app', { has_issues: false });
    for (const answer of [
      await github.call('GET', issues),
      await github.call('POST', issues, { title: 'x' }),
    ])
      expect(answer).toMatchObject({
        status: 410,
        body: { message: 'Issues has been disabled in this repository.' },
      });
    await github.call('PATCH', '/repos/acme/app', { has_issues: true });
    expect((await github.call('GET', issues)).status).toBe(200);
  });

  it('starts no run where Actions are disabled', async () => {
    await github.github.disableActions(REPO);
    expect(await dispatch()).toMatchObject({
      status: 422,
      body: { message: 'Actions has been disabled for this repository.' },
    });
    expect(
      (await github.call('GET', '/repos/acme/app/actions/permissions')).body,
    ).toEqual({ enabled: false });
    await github.write('acme/app', 'README.md', 'changed');
    const runs = async () =>
      (await github.call('GET', '/repos/acme/app/actions/runs')).body
        .total_count;
    const before = await runs();
    await github.github.disableActions(REPO, { isDisabled: false });
    await github.write('acme/app', 'README.md', 'changed again');
    expect(await runs()).toBe(before + 1);
  });

  it('starts no run of a workflow that is disabled', async () => {
    const state = async () =>
      (await github.call('GET', '/repos/acme/app/actions/workflows/hello.yml'))
        .body.state;
    await github.github.disableActions(REPO, { workflow: FILE });
    expect(await state()).toBe('disabled_manually');
    expect(await dispatch()).toMatchObject({
      status: 422,
      body: {
        message: "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
      },
    });
    await github.github.disableActions(REPO, {
      workflow: FILE,
      isDisabled: false,
    });
    expect(await state()).toBe('active');
    expect((await dispatch()).status).toBe(200);
  });

  it('answers dispatches as older GitHubs do', async () => {
    github.github.setDispatchAnswers('empty');
    expect((await dispatch()).status).toBe(204);
    github.github.setDispatchAnswers('field-unknown');
    expect((await dispatch()).status).toBe(400);
    expect(
      (await github.call('POST', DISPATCHES, { ref: 'main' })).status,
    ).toBe(204);
    expect(await dispatched()).toBe(2);
  });
});
