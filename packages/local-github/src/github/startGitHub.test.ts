import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { TestGitHub } from './testing/testGitHub';

const SLOW = `
on: workflow_dispatch
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: 'curl --silent --header "authorization: token $TOKEN" "$API/repos/acme/other" --output /dev/null --write-out "other %{http_code}\\n"; curl --silent --header "authorization: token $TOKEN" "$API/repos/acme/app" --output /dev/null --write-out "own %{http_code}\\n"'
        env: { TOKEN: '\${{ github.token }}', API: '\${{ github.api_url }}' }
      - run: sleep 600
        if: vars.SLOW == 'yes'
`;

describe('the local GitHub', () => {
  let github: TestGitHub;
  const repo = { owner: 'acme', name: 'app' };

  beforeEach(async () => {
    github = await new TestGitHub().start();
    await github.github.createRepository('acme', 'app', {
      'README.md': '# App\n',
      '.github/workflows/slow.yml': SLOW,
    });
  });
  afterEach(() => github.stop());

  it('finds everything again after a restart', async () => {
    await github.write('acme/app', 'added.md', 'added\n', 'added');
    await github.call('POST', '/repos/acme/app/pulls', {
      title: 'Add',
      head: 'added',
      base: 'main',
    });
    await github.github.setVariable(repo, 'NAME', 'Ada');
    await github.github.setSecret(repo, 'KEY', 'hidden');
    await github.call(
      'POST',
      '/repos/acme/app/actions/workflows/slow.yml/dispatches',
      { ref: 'main' },
    );
    await github.github.actions.idle();
    const paths = [
      '/repos/acme/app/pulls/1',
      '/repos/acme/app/actions/variables',
      '/repos/acme/app/actions/runs',
      '/repos/acme/app/commits',
    ];
    const read = async () => {
      const texts = await Promise.all(
        paths.map(async path => (await github.call('GET', path)).text),
      );
      // A test merge is made anew, and the port is another one.
      return texts.map(text =>
        text
          .replaceAll(github.github.url, '')
          .replaceAll(new URL(github.github.url).host, '')
          .replace(/"merge_commit_sha":"\w+"/, ''),
      );
    };
    const before = await read();
    await github.restart();
    await github.github.createRepository('acme', 'app', { 'other.md': 'x' });
    expect(await read()).toEqual(before);
    expect(await github.read('acme/app', 'other.md')).toBeUndefined();
  });

  it('counts a run that was under way when it stopped as cancelled', async () => {
    await github.github.setVariable(repo, 'SLOW', 'yes');
    const { body } = await github.call(
      'POST',
      '/repos/acme/app/actions/workflows/slow.yml/dispatches',
      { ref: 'main', return_run_details: true },
    );
    await github.restart();
    const run = await github.call(
      'GET',
      `/repos/acme/app/actions/runs/${body.workflow_run_id}`,
    );
    expect(run.body).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
    });
  });

  it('lets a run’s own token into its own repository alone', async () => {
    await github.call('POST', '/orgs/acme/repos', {
      name: 'other',
      private: true,
    });
    await github.call(
      'POST',
      '/repos/acme/app/actions/workflows/slow.yml/dispatches',
      { ref: 'main' },
    );
    await github.github.actions.idle();
    const runs = await github.call('GET', '/repos/acme/app/actions/runs');
    const [run] = runs.body.workflow_runs;
    const jobs = await github.call(
      'GET',
      `/repos/acme/app/actions/runs/${run.id}/jobs`,
    );
    const log = await fetch(
      `${github.github.url}/acme/app/actions/runs/${run.id}/job/${jobs.body.jobs[0].id}/log.txt`,
    );
    const text = await log.text();
    expect(text).toContain('other 404');
    expect(text).toContain('own 200');
  });

  it('keeps its state where only its owner can read it, never half written', async () => {
    const folder = join(github.folder, 'state');
    expect(statSync(join(folder, 'state.json')).mode & 0o077).toBe(0);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        github.github.setVariable(repo, `V${index}`, String(index)),
      ),
    );
    expect(readdirSync(folder)).not.toContain('state.json.new');
    await github.github.stop();
    writeFileSync(join(folder, 'state.json'), '{');
    await expect(github.start()).rejects.toThrow(/state\.json is not JSON/);
    writeFileSync(join(folder, 'state.json'), '{"version":99}');
    await expect(github.start()).rejects.toThrow(/another version/);
  });

  it('says when the port is taken', async () => {
    const taken = new TestGitHub();
    await expect(
      taken.start(github.github.port).finally(() => taken.stop()),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('listens on loopback only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    for (const { address } of others) {
      await expect(
        fetch(`http://${address}:${github.github.port}/`),
      ).rejects.toThrow();
    }
    expect((await fetch(github.github.url)).status).toBe(200);
  });
});
