import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { readCatalog, readTfvars } from '@goldenpath/plugin-golden-path-node';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';

const TFVARS = 'envs/dev-rds/terraform.tfvars';
const branchOf = (databaseName: string) => `database/dev/${databaseName}`;

/** The shipped workflows, run as GitHub would run them. */
describe('rds-database-rebase.yml', () => {
  let infra: InfraGitHub;
  beforeAll(async () => {
    infra = await startInfraGitHub({ without: ['rds-database-apply.yml'] });
  });
  afterAll(() => infra?.stop());

  const request = async (...inputs: Array<ReturnType<typeof requestFor>>) => {
    for (const one of inputs)
      expect((await infra.dispatch(one)).status).toBe(204);
    await infra.github.actions.idle();
    return Promise.all(
      inputs.map(
        async one => (await infra.pullOf(branchOf(one.database_name)))!,
      ),
    );
  };
  const merge = async (number: number) => {
    expect((await infra.merge(number)).status).toBe(200);
    await infra.github.actions.idle();
    const run = await infra.finishedRun('rds-database-rebase.yml');
    return { conclusion: run.conclusion, log: await infra.runLog(run.id) };
  };
  const entries = async (ref: string) => ({
    catalog: Object.keys(
      readCatalog((await infra.file(CATALOG_PATH, ref))!, CATALOG_PATH).dev ??
        {},
    ),
    tfvars: (await readTfvars((await infra.file(TFVARS, ref))!, TFVARS)).map(
      ({ databaseName }) => databaseName,
    ),
  });

  it('makes the second of two requests mergeable again, with one more entry than the base', async () => {
    const [first, second] = await request(
      requestFor('orders_db'),
      requestFor('parcels_db', { user: 'maria' }),
    );
    const { conclusion, log } = await merge(first.number);
    expect({ conclusion, log: conclusion === 'success' ? '' : log }).toEqual({
      conclusion: 'success',
      log: '',
    });

    const rebased = (await infra.pullOf(branchOf('parcels_db')))!;
    expect(rebased).toMatchObject({
      number: second.number,
      mergeable: true,
      title: second.title,
      body: second.body,
    });
    expect(await entries('main')).toEqual({
      catalog: ['orders_db'],
      tfvars: ['orders_db'],
    });
    expect(await entries(branchOf('parcels_db'))).toEqual({
      catalog: ['orders_db', 'parcels_db'],
      tfvars: ['orders_db', 'parcels_db'],
    });
    expect(
      readCatalog(
        (await infra.file(CATALOG_PATH, branchOf('parcels_db')))!,
        CATALOG_PATH,
      ).dev.parcels_db.metadata.requested_by,
    ).toBe('maria');

    await merge(second.number);
    expect(await entries('main')).toEqual({
      catalog: ['orders_db', 'parcels_db'],
      tfvars: ['orders_db', 'parcels_db'],
    });
  });

  it('continues after a request that no longer fits, comments on it once, and ignores other branches', async () => {
    const [winner, loser, other] = await request(
      requestFor('alpha_db', { username: 'shared_user' }),
      requestFor('beta_db', { username: 'shared_user' }),
      requestFor('gamma_db'),
    );
    // A branch with a similar name that is not a request.
    const main = (await infra.branches()).main;
    await infra.call('POST', `${infra.path}/git/refs`, {
      ref: 'refs/heads/database/dev/by_hand/x',
      sha: main,
    });
    await infra.call('PUT', `${infra.path}/contents/notes.md`, {
      message: 'notes',
      content: Buffer.from('notes').toString('base64'),
      branch: 'database/dev/by_hand/x',
    });
    await infra.call('POST', `${infra.path}/pulls`, {
      title: 'By hand',
      head: 'database/dev/by_hand/x',
      base: 'main',
    });
    const before = await infra.branches();

    const { conclusion, log } = await merge(winner.number);
    expect(conclusion).toBe('success');
    expect(log).toContain(
      `##[warning]Pull request #${loser.number} (${branchOf('beta_db')}): `,
    );
    expect(log).toMatch(/role "shared_user" already belongs to .*"alpha_db"/);
    expect(log).toContain(
      `Pull request #${other.number} (${branchOf('gamma_db')}): updated.`,
    );
    expect(await infra.pullOf(branchOf('gamma_db'))).toMatchObject({
      mergeable: true,
    });
    const after = await infra.branches();
    for (const untouched of [branchOf('beta_db'), 'database/dev/by_hand/x'])
      expect(after[untouched]).toBe(before[untouched]);

    // After the next merge the reason is the same, so there is no new comment.
    expect(await merge(other.number)).toMatchObject({ conclusion: 'success' });
    expect(
      await infra.json(`${infra.path}/issues/${loser.number}/comments`),
    ).toMatchObject([
      {
        user: { login: 'github-actions[bot]' },
        body: expect.stringMatching(
          /conflicts with its base branch\n\n```text\n.*"shared_user" already belongs to [^]*close this pull request/,
        ),
      },
    ]);
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(infra.github.conformance!.violations).toEqual([]);
  });
});
