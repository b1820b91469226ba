import { TestGitHub } from './testing/testGitHub';

const REPO = { owner: 'acme', name: 'infra' };
const ENVIRONMENT_SECRET = 'of-the-environment-canary';

/** Says what it sees; secrets in capitals, which are not masked. */
const job = (environment: string) => `
    runs-on: x
    ${environment}
    steps:
      - run: echo "sees \${LEVEL} \${KEY^^} \${OWN^^}"
        env: { LEVEL: '\${{ vars.LEVEL }}', KEY: '\${{ secrets.KEY }}', OWN: '\${{ secrets.OWN }}' }
`;

const workflow = (on: string, environment = 'environment: prod') =>
  `on: ${on}\njobs:\n  deploy:${job(environment)}`;

describe('environments', () => {
  let github: TestGitHub;
  beforeAll(async () => {
    github = await new TestGitHub().start();
    const { github: server } = github;
    await server.createRepository('acme', 'infra', {
      'README.md': '# Infra\n',
      '.github/workflows/push.yml': workflow('push'),
      '.github/workflows/pull.yml': workflow(
        'pull_request',
        'environment: { name: prod, url: "https://example.com" }',
      ),
      '.github/workflows/hand.yml': workflow('workflow_dispatch'),
      '.github/workflows/new.yml': workflow(
        '{ workflow_dispatch: { inputs: { to: { type: string } } } }',
        "environment: '${{ inputs.to }}'",
      ),
      '.github/workflows/called.yml': workflow(
        '{ workflow_call: { secrets: { KEY: {} } } }',
      ),
      '.github/workflows/caller.yml':
        "on: workflow_dispatch\njobs: { call: { uses: ./.github/workflows/called.yml, secrets: { KEY: '${{ secrets.KEY }}' } } }\n",
      '.github/workflows/none.yml': workflow('workflow_dispatch', ''),
    });
    await server.setSecret(REPO, 'KEY', 'of-the-repository');
    await server.setSecret(REPO, 'OWN', 'repositorys-own');
    await server.setVariable(REPO, 'LEVEL', 'repository');
    await server.setEnvironment(REPO, 'prod', { branches: ['main'] });
    await server.setEnvironmentSecret(REPO, 'prod', 'KEY', ENVIRONMENT_SECRET);
    await server.setEnvironmentVariable(REPO, 'prod', 'LEVEL', 'prod');
    // Their push workflow runs from here on.
    await github.write('acme/infra', 'a.md', 'a', 'feature');
    await github.write('acme/infra', 'b.md', 'b');
    await github.call('POST', '/repos/acme/infra/pulls', {
      title: 'One',
      head: 'feature',
      base: 'main',
    });
    await server.actions.idle();
  });
  afterAll(() => github.stop());

  /** The newest run of a workflow file, on a branch: how it ended, and its log. */
  const outcome = async (file: string, branch = 'main') => {
    const { body } = await github.call(
      'GET',
      `/repos/acme/infra/actions/workflows/${file}/runs?branch=${branch}`,
    );
    const [run] = body.workflow_runs;
    const jobs = await github.call(
      'GET',
      `/repos/acme/infra/actions/runs/${run.id}/jobs`,
    );
    const log = await github.call(
      'GET',
      `/repos/acme/infra/actions/jobs/${jobs.body.jobs[0].id}/logs`,
    );
    const text = await fetch(log.headers.get('location')!).then(r => r.text());
    return { conclusion: run.conclusion, text };
  };
  const dispatch = async (
    file: string,
    ref = 'main',
    inputs: Record<string, string> = {},
  ) => {
    const { status } = await github.call(
      'POST',
      `/repos/acme/infra/actions/workflows/${file}/dispatches`,
      { ref, inputs },
    );
    expect(status).toBe(204);
    await github.github.actions.idle();
    return outcome(file, ref);
  };

  const ALLOWED = 'sees prod OF-THE-ENVIRONMENT-CANARY REPOSITORYS-OWN';
  const refusal = (name: string, environment = 'prod') =>
    `##[error]Branch "${name}" is not allowed to deploy to ${environment} due to environment protection rules.`;
  const expectRefused = (
    found: { conclusion: string; text: string },
    name: string,
    environment?: string,
  ) => {
    expect(found.conclusion).toBe('failure');
    expect(found.text).toContain(refusal(name, environment));
    expect(found.text).not.toContain('sees');
  };

  it('give an allowed branch their secrets and variables, which win over those of the repository', async () => {
    const found = await outcome('push.yml');
    expect(found.text).toContain(ALLOWED);
    expect(found.text).not.toContain(ENVIRONMENT_SECRET);
    expect(found.conclusion).toBe('success');
    expect((await dispatch('hand.yml')).text).toContain(ALLOWED);
  });

  it('refuse another branch, in GitHub’s words', async () => {
    expectRefused(await outcome('push.yml', 'feature'), 'feature');
    expectRefused(await dispatch('hand.yml', 'feature'), 'feature');
  });

  it('refuse a pull request, whose ref is no branch', async () => {
    expectRefused(await outcome('pull.yml', 'feature'), 'refs/pull/1/merge');
  });

  it('take a pull request whose merge ref a pattern names', async () => {
    await github.github.setEnvironment(REPO, 'prod', {
      branches: ['main', 'refs/pull/*/merge'],
    });
    await github.write('acme/infra', 'c.md', 'c', 'feature');
    await github.github.actions.idle();
    expect((await outcome('pull.yml', 'feature')).text).toContain(ALLOWED);
    expectRefused(await outcome('push.yml', 'feature'), 'feature');
    await github.github.setEnvironment(REPO, 'prod', { branches: ['main'] });
  });

  it('give nothing to a job that names none', async () => {
    expect((await dispatch('none.yml')).text).toContain(
      'sees repository OF-THE-REPOSITORY REPOSITORYS-OWN',
    );
  });

  it('give their secret to a job of a called workflow, whatever the caller passes', async () => {
    expect((await dispatch('caller.yml')).text).toContain(
      'sees prod OF-THE-ENVIRONMENT-CANARY ',
    );
    expectRefused(await dispatch('caller.yml', 'feature'), 'feature');
  });

  it('are created without rules where a job names one that is not there; an empty name is none', async () => {
    const plain = 'sees repository OF-THE-REPOSITORY REPOSITORYS-OWN';
    const to = (name: string) => dispatch('new.yml', 'feature', { to: name });
    expect((await to('brand new')).text).toContain(plain);
    expect((await to('')).text).toContain(plain);
    // Names don't differ by case.
    expectRefused(await to('PROD'), 'feature', 'PROD');
  });
});
