import { join } from 'node:path';
import { auditPath, CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import { WorkflowRun } from '../tests/support/github';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';
import { until } from '../tests/support/platform';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

/** The shipped workflows on the local GitHub, as a GitHub App and as GITHUB_TOKEN, with a real PostgreSQL. */
describe('from request to database', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    infra = await startInfraGitHub({
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
    });
    await infra.setVariables(instance.postgres.caFile);
    await infra.github.createTeam('acme', 'platform-team');
  });
  afterAll(async () => {
    await infra?.stop();
    await instance?.stop();
  });

  const idle = () => infra.github.actions.idle();
  const becomeApp = (slug: string) =>
    infra.installApp(slug, {
      contents: 'write',
      pull_requests: 'write',
      members: 'read',
    });
  const protect = (apps: string[]) =>
    infra.call('PUT', `${infra.path}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: {
        required_approving_review_count: 0,
        bypass_pull_request_allowances: { apps },
      },
      restrictions: null,
    });
  const runsOf = async (file: string, event?: string) =>
    (await infra.runs())
      .filter(run => run.path.endsWith(file) && (!event || run.event === event))
      .sort((a, b) => a.id - b.id);
  const explained = async (run: WorkflowRun) => ({
    conclusion: run.conclusion,
    log: run.conclusion === 'success' ? '' : await infra.runLog(run.id),
  });
  const request = async (
    databaseName: string,
    changed: Parameters<typeof requestFor>[1] = {},
  ) => {
    const inputs = requestFor(databaseName, changed);
    expect((await infra.dispatch(inputs)).status).toBe(204);
    await idle();
    return (await infra.pullOf(`database/dev/${databaseName}`))!;
  };
  const statuses = async (ref = 'main') =>
    Object.fromEntries(
      Object.entries(
        readCatalog((await infra.file(CATALOG_PATH, ref))!, CATALOG_PATH).dev,
      ).map(([name, { metadata }]) => [name, metadata.status]),
    );
  const logsIn = async (databaseName: string) =>
    expect(await instance.logIn('dev', databaseName)).toEqual({
      database: databaseName,
      user: `${databaseName}_user`,
    });
  const comments = (number: number) =>
    infra.json<Array<{ body: string; user: { login: string } }>>(
      `${infra.path}/issues/${number}/comments`,
    );

  it('opens the pull request without checks with GITHUB_TOKEN', async () => {
    const pull = await request('first_db');
    expect(pull.user.login).toBe('github-actions[bot]');
    expect(await runsOf('rds-database-guard.yml')).toEqual([]);
    await infra.merge(pull.number);
    await idle();
    const [run] = await runsOf('rds-database-apply.yml', 'push');
    expect(await explained(run)).toEqual({ conclusion: 'success', log: '' });
    expect(await statuses()).toEqual({ first_db: 'active' });
    await logsIn('first_db');
  });

  const mergeable = (branch: string) =>
    until(async () => {
      const found = await infra.pullOf(branch);
      return found?.mergeable ? found : undefined;
    }, `${branch} to be mergeable`);
  const applies = (count: number) =>
    until(
      async () =>
        (await runsOf('rds-database-apply.yml', 'push')).length === count,
      `apply number ${count} to begin`,
    );
  const lockIsAwaited = (
    client: Awaited<ReturnType<typeof instance.postgres.connectAsSuperuser>>,
  ) =>
    until(
      async () =>
        (
          await client.query(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
          )
        ).rowCount,
      'the first apply to wait',
    );

  it('creates all three databases of three merges while an apply runs', async () => {
    const pulls = [];
    for (const name of ['third_db', 'fourth_db', 'fifth_db'])
      pulls.push(await request(name));
    const before = (await runsOf('rds-database-apply.yml', 'push')).length;
    const client = await instance.postgres.connectAsSuperuser();
    let holds = false;
    try {
      const merged: number[] = [];
      for (const { head } of pulls) {
        const pull = await mergeable(head.ref);
        if (!holds) {
          // Holds the lock as another provisioner would: the first apply must wait.
          await client.query(
            "SELECT pg_advisory_lock(x'676f6c64'::int, x'70617468'::int)",
          );
          holds = true;
        }
        expect((await infra.merge(pull.number)).status).toBe(200);
        merged.push(pull.number);
        await applies(before + merged.length);
        if (merged.length === 1) {
          await lockIsAwaited(client);
        }
      }
    } finally {
      await client.end();
    }
    await idle();
    const runs = (await runsOf('rds-database-apply.yml', 'push')).slice(before);
    expect(runs.map(run => run.conclusion)).toEqual([
      'success',
      'success',
      'success',
    ]);
    // The second did nothing: the third changed the same folder later, and its run applied both.
    expect(await infra.runLog(runs[1].id)).toContain('Superseded: ');
    expect(await statuses()).toMatchObject({
      third_db: 'active',
      fourth_db: 'active',
      fifth_db: 'active',
    });
    for (const name of ['third_db', 'fourth_db', 'fifth_db'])
      await logsIn(name);
  });

  it('records audit and status in one pull request if the branch is protected, and loses no row', async () => {
    expect((await protect([])).status).toBe(200);
    const rows = async (ref: string) =>
      (await infra.file(auditPath('dev'), ref))!.trim().split('\n');
    const main = await rows('main');
    for (const name of ['sixth_db', 'seventh_db']) {
      const pull = await request(name);
      expect((await infra.merge(pull.number)).status).toBe(200);
      await idle();
      const run = (await runsOf('rds-database-apply.yml', 'push')).at(-1)!;
      expect(await explained(run)).toEqual({ conclusion: 'success', log: '' });
    }
    const audits = (await infra.pullRequests('open')).filter(
      pull => pull.head.ref === 'database/audit/dev',
    );
    expect(audits).toHaveLength(1);
    expect(await rows('main')).toEqual(main);
    const waiting = await rows('database/audit/dev');
    expect(waiting.slice(0, main.length)).toEqual(main);
    expect(new Set(waiting).size).toBe(waiting.length);
    expect(waiting.filter(row => row.includes(',no_change,'))).toEqual(
      main.filter(row => row.includes(',no_change,')),
    );
    for (const name of ['sixth_db', 'seventh_db'])
      expect(
        waiting.filter(row =>
          row.includes(`,${name},${name}_user,create_database,success,`),
        ),
      ).toHaveLength(1);
    expect(await statuses()).toMatchObject({ sixth_db: 'pending' });

    expect((await infra.merge(audits[0].number)).status).toBe(200);
    await idle();
    expect(await statuses()).toMatchObject({
      sixth_db: 'active',
      seventh_db: 'active',
    });
    expect(await rows('main')).toEqual(waiting);
    await infra.call('DELETE', `${infra.path}/branches/main/protection`);
  });

  it('runs guard and plan with an App, and updates the plan in one comment', async () => {
    await becomeApp('golden-path');
    const pull = await request('second_db');
    expect(pull.user.login).toBe('golden-path[bot]');
    const [plan] = await runsOf('rds-database-apply.yml', 'pull_request');
    expect(await explained(plan)).toEqual({ conclusion: 'success', log: '' });
    for (const run of await runsOf('rds-database-guard.yml'))
      expect(['success', 'cancelled']).toContain(run.conclusion);
    expect((await runsOf('rds-database-guard.yml')).at(-1)).toMatchObject({
      conclusion: 'success',
    });
    const [comment, ...others] = await comments(pull.number);
    expect(others).toEqual([]);
    expect(comment.user.login).toBe('github-actions[bot]');
    expect(comment.body).toContain('### Plan for dev');
    expect(comment.body).toContain('1 to add');
    expect(comment.body).toContain('second_db');

    // A commit to the branch creates a new plan.
    await infra.call('PUT', `${infra.path}/contents/envs/dev-rds/notes.txt`, {
      message: 'notes',
      content: Buffer.from('notes').toString('base64'),
      branch: pull.head.ref,
    });
    await idle();
    const again = await comments(pull.number);
    expect(again).toHaveLength(1);
    const plans = await runsOf('rds-database-apply.yml', 'pull_request');
    expect(plans).toHaveLength(2);
    const page = await fetch(pull.html_url).then(answer => answer.text());
    expect(page).toContain('Checks');
    expect(page).toContain('Guard RDS databases');
    expect(page).toContain(`/actions/runs/${plans[1].id}`);
  });

  it('pushes audit and status if the App may bypass the protection', async () => {
    expect((await protect([])).status).toBe(200);
    const pull = await request('eighth_db');
    await infra.merge(pull.number);
    await idle();
    expect(await statuses()).toMatchObject({ eighth_db: 'pending' });
    const guard = (await runsOf('rds-database-guard.yml'))
      .filter(run => run.display_title.includes('database/audit/dev'))
      .at(-1)!;
    expect(await explained(guard)).toEqual({ conclusion: 'success', log: '' });

    expect((await protect(['golden-path'])).status).toBe(200);
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-database-apply.yml/dispatches`,
      { ref: 'main', inputs: { environment: 'dev' } },
    );
    await idle();
    expect(await statuses()).toMatchObject({ eighth_db: 'active' });
    const [applied] = await runsOf(
      'rds-database-apply.yml',
      'workflow_dispatch',
    );
    expect(await infra.runLog(applied.id)).toContain(
      'Committed audit and status to main.',
    );
    // An App's push starts workflows, but this one changes no file that starts an apply.
    expect((await runsOf('rds-database-apply.yml')).at(-1)!.id).toBe(
      applied.id,
    );
  });

  it('requests one review by the platform team for a large size, and warns if it cannot', async () => {
    const large = requestFor('ninth_db', {
      environment: 'test',
      size: 'large',
    });
    expect((await infra.dispatch(large)).status).toBe(204);
    await idle();
    const requestedTeams = async () =>
      (
        await infra.json<{ requested_teams: Array<{ slug: string }> }>(
          `${infra.path}/pulls/${
            (await infra.pullOf('database/test/ninth_db'))!.number
          }`,
        )
      ).requested_teams.map(({ slug }) => slug);
    const last = async () =>
      infra.runLog((await runsOf('rds-database-guard.yml')).at(-1)!.id);
    expect(await requestedTeams()).toEqual([]);
    expect(await last()).toMatch(
      /##\[warning\]The size large requires approval by platform-team/,
    );

    // The team gets access to the repository, and a label starts another run.
    await infra.call('PUT', `/orgs/acme/teams/platform-team${infra.path}`, {
      permission: 'push',
    });
    const { number } = (await infra.pullOf('database/test/ninth_db'))!;
    const label = async (name: string) => {
      await infra.call('POST', `${infra.path}/issues/${number}/labels`, {
        labels: [name],
      });
      await idle();
    };
    await label('seen');
    expect(await requestedTeams()).toEqual(['platform-team']);
    expect(await last()).toContain(
      'Requested a review by platform-team for the size: large.',
    );

    // The next label requests no second review.
    await label('seen-again');
    expect(await last()).toContain(
      'A review by platform-team is already requested.',
    );
    const events = await infra.json<Array<{ event: string }>>(
      `${infra.path}/issues/${number}/events`,
    );
    expect(
      events.filter(({ event }) => event === 'review_requested'),
    ).toHaveLength(1);
  });

  it('refuses a change or removal of a database without its label', async () => {
    const path = 'envs/dev-rds/terraform.tfvars';
    const tfvars = (await infra.file(path))!;
    const { sha } = await infra.json<{ sha: string }>(
      `${infra.path}/contents/${path}?ref=main`,
    );
    await infra.call('POST', `${infra.path}/git/refs`, {
      ref: 'refs/heads/other-role',
      sha: (await infra.branches()).main,
    });
    await infra.call('PUT', `${infra.path}/contents/${path}`, {
      message: 'another role',
      content: Buffer.from(
        tfvars.replace('"first_db_user"', '"other_user"'),
      ).toString('base64'),
      branch: 'other-role',
      sha,
    });
    const opened = await infra.call('POST', `${infra.path}/pulls`, {
      title: 'Another role',
      head: 'other-role',
      base: 'main',
    });
    const { number } = (await opened.json()) as { number: number };
    await idle();
    const refused = (await runsOf('rds-database-guard.yml')).at(-1)!;
    expect(refused.conclusion).toBe('failure');
    expect(await infra.runLog(refused.id)).toMatch(/##\[error\].*first_db/);
    // The name of a label is data and never code.
    await infra.call('POST', `${infra.path}/issues/${number}/labels`, {
      labels: ['$(touch canary)', '"rds-change-allowed" no', "it's `id`"],
    });
    await idle();
    expect((await runsOf('rds-database-guard.yml')).at(-1)).toMatchObject({
      conclusion: 'failure',
    });
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(infra.github.conformance!.violations).toEqual([]);
  });
});
