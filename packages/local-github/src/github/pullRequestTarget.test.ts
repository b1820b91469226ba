import { TestGitHub } from './testing/testGitHub';

const REPO = { owner: 'acme', name: 'infra' };
const path = '/repos/acme/infra';

const guard = (says: string, types = '') => `
on: { pull_request_target: { ${types} } }
jobs:
  look:
    runs-on: x
    environment: review
    steps:
      - uses: actions/checkout@v4
      - env: { KEY: '\${{ secrets.KEY }}', OWN: '\${{ secrets.OWN }}' }
        run: |
          echo "${says} with $(cat file.txt), \${KEY^^} \${OWN^^}"
          echo "\${{ github.ref }} \${{ github.base_ref }} \${{ github.head_ref }}"
          echo "#\${{ github.event.number }} \${{ github.event.action }} \${{ github.event.pull_request.head.sha }}"
          echo "\${{ github.actor }} \${{ github.triggering_actor }} \${{ github.event.sender.login }}"
          echo "sha=\${{ github.sha }} workflow=\${{ github.workflow_sha }} HEAD=$(git rev-parse HEAD)"
`;

describe('pull_request_target', () => {
  let github: TestGitHub;
  let main: string;
  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'infra', {
      'file.txt': 'main',
      '.github/workflows/guard.yml': guard('main'),
      '.github/workflows/label.yml': guard('label', 'types: [labeled]'),
      '.github/workflows/other-base.yml': guard('x', 'branches: [release]'),
    });
    await github.github.setEnvironment(REPO, 'review', { branches: ['main'] });
    await github.github.setEnvironmentSecret(REPO, 'review', 'KEY', 'canary-1');
    await github.github.setSecret(REPO, 'OWN', 'canary-2');
    const ref = await github.call('GET', `${path}/git/ref/heads/main`);
    main = ref.body.object.sha;
    const branch = 'feature';
    await github.write('acme/infra', 'file.txt', 'theirs', branch);
    await github.write(
      'acme/infra',
      '.github/workflows/guard.yml',
      guard('theirs'),
      branch,
    );
  });
  afterAll(() => github.stop());

  const runs = async (file: string) => {
    await github.github.actions.idle();
    const { body } = await github.call(
      'GET',
      `${path}/actions/workflows/${file}/runs`,
    );
    return Promise.all(
      body.workflow_runs.map(async (run: any) => {
        const jobs = await github.call(
          'GET',
          `${path}/actions/runs/${run.id}/jobs`,
        );
        const page = `/acme/infra/actions/runs/${run.id}/job/${jobs.body.jobs[0].id}/log.txt`;
        const log = await fetch(github.github.url + page).then(r => r.text());
        return { ...run, log };
      }),
    );
  };

  it('runs the default branch’s file on its tip, with its environments, whatever the pull request changes', async () => {
    await github.github.addCollaborator(REPO, 'eve', 'write');
    const token = await github.github.createUserToken('eve');
    await github.call(
      'POST',
      `${path}/pulls`,
      { title: 'Theirs', head: 'feature', base: 'main' },
      { authorization: `token ${token}` },
    );
    const head = await github.call('GET', `${path}/git/ref/heads/feature`);
    const [run, ...others] = await runs('guard.yml');
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      event: 'pull_request_target',
      conclusion: 'success',
      display_title: 'Theirs',
      head_branch: 'feature',
    });
    expect(run.log).toContain('main with main, CANARY-1 CANARY-2');
    expect(run.log).toContain('refs/heads/main main feature');
    expect(run.log).toContain(`#1 opened ${head.body.object.sha}`);
    expect(run.log).toContain('eve eve eve');
    expect(run.log).toContain(`sha=${main} workflow=${main} HEAD=${main}`);
    expect(await runs('other-base.yml')).toEqual([]);
  });

  it('follows activity types', async () => {
    expect(await runs('label.yml')).toEqual([]);
    await github.call('POST', `${path}/issues/1/labels`, { labels: ['x'] });
    expect(await runs('label.yml')).toHaveLength(1);
    expect(await runs('guard.yml')).toHaveLength(1);
    await github.write('acme/infra', 'more.txt', 'more', 'feature');
    const [run] = await runs('guard.yml');
    expect(run.log).toContain('#1 synchronize');
  });

  it('runs on a pull request that conflicts with its base, where pull_request does not', async () => {
    await github.write(
      'acme/infra',
      '.github/workflows/pull.yml',
      "on: pull_request\njobs: { a: { runs-on: x, steps: [{ run: 'true' }] } }",
    );
    await github.write('acme/infra', 'file.txt', 'changed');
    const before = (await runs('guard.yml')).length;
    await github.write('acme/infra', 'more.txt', 'again', 'feature');
    const after = await runs('guard.yml');
    expect(after).toHaveLength(before + 1);
    expect(after[0].log).toContain('main with changed');
    expect(await runs('pull.yml')).toEqual([]);
  });
});
