import { TestGitHub } from './testing/testGitHub';

const REPO = { owner: 'acme', name: 'infra' };
const path = '/repos/acme/infra';

const WORKFLOW = `
on: workflow_dispatch
concurrency: { group: deploy, queue: max }
jobs:
  plan: { runs-on: x, steps: [{ run: echo plan }] }
  apply:
    needs: plan
    runs-on: x
    environment: prod
    steps: [{ run: 'echo "applies with \${KEY^^}"', env: { KEY: '\${{ secrets.KEY }}' } }]
  after: { needs: apply, runs-on: x, steps: [{ run: echo after }] }
`;
const TWO = `
on: workflow_dispatch
jobs:
  apply:
    strategy: { matrix: { to: [prod, staging] } }
    runs-on: x
    environment: '\${{ matrix.to }}'
    steps: [{ run: 'true' }]
`;

describe('required reviewers', () => {
  let github: TestGitHub;
  const tokens: Record<string, string> = {};
  const people = ['rita', 'tom', 'eve'];

  beforeAll(async () => {
    github = await new TestGitHub().start();
    const { github: server } = github;
    await server.createRepository('acme', 'infra', {
      '.github/workflows/deploy.yml': WORKFLOW,
      '.github/workflows/two.yml': TWO,
    });
    await server.createTeam('acme', 'approvers');
    await server.addTeamMember('acme', 'approvers', 'tom');
    for (const login of people) {
      await server.addCollaborator(REPO, login, 'write');
      tokens[login] = await server.createUserToken(login);
    }
    await server.setEnvironmentSecret(REPO, 'prod', 'KEY', 'key-canary');
  });
  beforeEach(() =>
    github.github.setEnvironment(REPO, 'prod', {
      reviewers: { users: ['rita'], teams: ['approvers'] },
      preventSelfReview: true,
    }),
  );
  afterEach(async () => {
    const { body } = await github.call('GET', `${path}/actions/runs`);
    expect(
      body.workflow_runs.filter((run: any) => run.status !== 'completed'),
    ).toEqual([]);
  });
  afterAll(() => github.stop());

  const as = (login: string) => ({ authorization: `token ${tokens[login]}` });
  const dispatch = async (login?: string, file = 'deploy.yml') => {
    const { body } = await github.call(
      'POST',
      `${path}/actions/workflows/${file}/dispatches`,
      { ref: 'main', return_run_details: true },
      login ? as(login) : {},
    );
    await github.github.actions.idle();
    return body.workflow_run_id as number;
  };
  const jobs = async (run: number) => {
    const found = await github.call('GET', `${path}/actions/runs/${run}/jobs`);
    return Object.fromEntries(
      found.body.jobs.map((job: any) => [
        job.name,
        job.conclusion ?? job.status,
      ]),
    );
  };
  const status = async (run: number) => {
    const { body } = await github.call('GET', `${path}/actions/runs/${run}`);
    return body.conclusion ?? body.status;
  };
  const pending = async (run: number, login = 'rita') =>
    (
      await github.call(
        'GET',
        `${path}/actions/runs/${run}/pending_deployments`,
        undefined,
        as(login),
      )
    ).body;
  const review = async (
    run: number,
    login: string,
    state = 'approved',
    ids?: number[],
  ) => {
    const [first] = await pending(run);
    const reply = await github.call(
      'POST',
      `${path}/actions/runs/${run}/pending_deployments`,
      {
        environment_ids: ids ?? [first?.environment.id ?? 0],
        state,
        comment: 'Ship it',
      },
      as(login),
    );
    await github.github.actions.idle();
    return reply;
  };
  const log = async (run: number, name: string) => {
    const found = await github.call('GET', `${path}/actions/runs/${run}/jobs`);
    const { id } = found.body.jobs.find((job: any) => job.name === name);
    const page = `/acme/infra/actions/runs/${run}/job/${id}/log.txt`;
    return (await fetch(github.github.url + page)).text();
  };

  it('hold the job after what it needs, until one of them approves', async () => {
    const run = await dispatch();
    expect(await status(run)).toBe('waiting');
    expect(await jobs(run)).toEqual({
      plan: 'success',
      apply: 'waiting',
      after: 'queued',
    });
    expect(await pending(run)).toMatchObject([
      {
        environment: { name: 'prod' },
        current_user_can_approve: true,
        reviewers: [
          { type: 'User', reviewer: { login: 'rita' } },
          { type: 'Team', reviewer: { slug: 'approvers' } },
        ],
      },
    ]);
    expect(await pending(run, 'eve')).toMatchObject([
      { current_user_can_approve: false },
    ]);
    const approved = await review(run, 'rita');
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject([{ environment: 'prod' }]);
    expect(await jobs(run)).toEqual({
      plan: 'success',
      apply: 'success',
      after: 'success',
    });
    expect(await log(run, 'apply')).toContain('applies with KEY-CANARY');
    expect(await pending(run)).toEqual([]);
    expect((await review(run, 'rita')).status).toBe(422);
  });

  it('let a member of their team approve, and nobody else', async () => {
    const run = await dispatch();
    const refused = await review(run, 'eve');
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('eve is not a required reviewer of prod');
    expect(await status(run)).toBe('waiting');
    expect((await review(run, 'tom')).status).toBe(200);
    expect(await status(run)).toBe('success');
  });

  it('fail the job where one rejects it', async () => {
    const run = await dispatch();
    await review(run, 'tom', 'rejected');
    expect(await jobs(run)).toEqual({
      plan: 'success',
      apply: 'failure',
      after: 'skipped',
    });
    const text = await log(run, 'apply');
    expect(text).toContain(
      "##[error]The deployment was rejected or didn't satisfy other protection rules.",
    );
    expect(text).not.toContain('applies');
  });

  it('do not approve what they started themselves, unless the environment lets them', async () => {
    const run = await dispatch('rita');
    const refused = await review(run, 'rita');
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('prevents self-reviews');
    await review(run, 'tom', 'rejected');
    await github.github.setEnvironment(REPO, 'prod', {
      reviewers: { users: ['rita'] },
    });
    const own = await dispatch('rita');
    expect((await review(own, 'rita')).status).toBe(200);
    expect(await status(own)).toBe('success');
  });

  it('are asked for each environment; what is not waited for can not be approved', async () => {
    await github.github.setEnvironment(REPO, 'staging', {
      reviewers: { users: ['tom'] },
    });
    const run = await dispatch(undefined, 'two.yml');
    const [prod, staging] = (await pending(run)).map(
      (one: any) => one.environment.id,
    );
    expect(
      (await review(run, 'rita', 'approved', [prod, staging])).status,
    ).toBe(422);
    expect((await review(run, 'rita', 'approved', [0])).status).toBe(422);
    expect((await review(run, 'rita', 'approved', [])).status).toBe(422);
    expect((await review(run, 'tom', 'approved', [staging])).status).toBe(200);
    expect(await jobs(run)).toEqual({
      'apply (prod)': 'waiting',
      'apply (staging)': 'success',
    });
    await review(run, 'tom', 'rejected', [prod]);
    expect(await status(run)).toBe('failure');
  });

  it('hold the concurrency group meanwhile: a newer run waits behind', async () => {
    const first = await dispatch();
    const second = await dispatch();
    expect([await status(first), await status(second)]).toEqual([
      'waiting',
      'queued',
    ]);
    await review(first, 'rita');
    expect([await status(first), await status(second)]).toEqual([
      'success',
      'waiting',
    ]);
    await review(second, 'rita');
    expect(await status(second)).toBe('success');
  });

  it('press a button on the run’s page, where they are signed in', async () => {
    const run = await dispatch();
    const page = `${github.github.url}/acme/infra/actions/runs/${run}`;
    const press = (state: string, headers = {}) =>
      pending(run).then(([{ environment }]) =>
        fetch(`${page}/pending_deployments`, {
          method: 'POST',
          redirect: 'manual',
          headers: { origin: github.github.url, ...headers },
          body: new URLSearchParams({ environment: environment.id, state }),
        }),
      );
    const text = async () => (await fetch(page)).text();
    expect(await text()).toContain(
      'waits for a review by rita, acme/approvers',
    );
    expect(await text()).not.toContain('<button');
    expect((await press('approved')).status).toBe(422);
    await github.github.addTeamMember('acme', 'approvers', 'developer');
    expect(await text()).toContain('Approve and deploy');
    const evil = { origin: 'http://evil.example' };
    expect((await press('approved', evil)).status).toBe(403);
    expect((await press('nonsense')).status).toBe(422);
    expect(await status(run)).toBe('waiting');
    expect((await press('approved')).status).toBe(303);
    await github.github.actions.idle();
    expect(await status(run)).toBe('success');
    expect(await text()).toMatch(/<b>developer<\/b>\s*approved\s*prod/);
  });

  it('are no reason to wait for when the server stops', async () => {
    const run = await dispatch();
    await github.restart();
    expect(await status(run)).toBe('cancelled');
    expect(await jobs(run)).toMatchObject({ apply: 'cancelled' });
  });
});
