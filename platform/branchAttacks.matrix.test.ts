import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../tests/support/createFolder';
import {
  GuardedRepo,
  replaceIn,
  startGuardedRepo,
} from '../tests/support/guardedRepo';
import { requestFor } from '../tests/support/infraGitHub';
import { until } from '../tests/support/platform';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

const APPLY = 'rds-database-apply.yml';
const ACTION = '.github/actions/goldenpath-rds/action.yml';
const ENVIRONMENTS = ['rds-request', 'dev', 'dev-check', 'rds-review'];

/** A job for each environment, and one without, that counts the characters of every key. */
const STEAL = `
on: [push, workflow_dispatch]
jobs:
${ENVIRONMENTS.map(
  name => `  ${name}:
    runs-on: ubuntu-latest
    environment: ${name}
    steps: [{ run: 'echo "has \${#KEY}"', env: { KEY: "\${{ toJSON(secrets) }}" } }]
`,
).join('')}
  none:
    runs-on: ubuntu-latest
    steps:
      - run: echo "the key has \${#KEY} characters"
        env: { KEY: "\${{ secrets.GOLDENPATH_APP_PRIVATE_KEY }}\${{ secrets.GOLDENPATH_REVIEW_APP_PRIVATE_KEY }}" }
`;

/**
 * Attacks by jane, who may push branches to the infra repo and open pull requests there, with the shipped workflows. lead
 * reviews deployments to dev; ann is of the approvers' team.
 */
describe('somebody who may only push branches', () => {
  let instance: SharedInstance;
  let repo: GuardedRepo;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    repo = await startGuardedRepo({
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
      without: ['rds-database-rebase.yml', 'rds-drift.yml'],
      prepare: async ({ github, repo: at, installApp }) => {
        for (const [name, value] of Object.entries({
          AWS_REGION: 'eu-central-1',
          AWS_PLAN_ROLE_ARN_DEV: 'arn:aws:iam::123456789012:role/plan',
          GOLDENPATH_CA_FILE: instance.postgres.caFile,
        }))
          await github.setVariable(at, name, value);
        await installApp('golden-path');
        const review = await github.createApp('review', {
          members: 'read',
          pull_requests: 'write',
        });
        await github.setVariable(
          at,
          'GOLDENPATH_REVIEW_APP_ID',
          String(review.appId),
        );
        await github.setEnvironmentSecret(
          at,
          'rds-review',
          'GOLDENPATH_REVIEW_APP_PRIVATE_KEY',
          review.privateKey,
        );
        await github.createTeam(at.owner, 'platform-team');
        await github.addTeamMember(at.owner, 'platform-team', 'ann');
        for (const login of ['ann', 'lead'])
          await github.addCollaborator(at, login, 'write');
      },
    });
    await repo.infra.github.setEnvironment(repo.infra.repo, 'dev', {
      branches: ['main'],
      reviewers: { users: ['lead'] },
    });
  });
  afterAll(async () => {
    await repo?.stop();
    await instance?.stop();
  });

  const runsOf = async (file: string, event: string) =>
    (await repo.infra.runs())
      .filter(run => run.path.endsWith(file) && run.event === event)
      .sort((a, b) => a.id - b.id);
  const jobsOf = async (run: number) =>
    Object.fromEntries(
      (
        await repo.infra.json<{
          jobs: Array<{ name: string; status: string; conclusion: string }>;
        }>(`${repo.infra.path}/actions/runs/${run}/jobs?per_page=100`)
      ).jobs.map(job => [job.name, job.conclusion ?? job.status]),
    );
  /** Requests a database and merges the pull request. @returns the run that applies it */
  const merge = async (databaseName: string) => {
    const { infra } = repo;
    await infra.dispatch(requestFor(databaseName));
    await infra.github.actions.idle();
    const pull = await infra.pullOf(`database/dev/${databaseName}`);
    expect((await infra.merge(pull!.number)).status).toBe(200);
    await infra.github.actions.idle();
    return (await runsOf(APPLY, 'push')).at(-1)!.id;
  };
  const review = async (
    run: number,
    login: string,
    state: 'approved' | 'rejected' = 'approved',
  ) => {
    const path = `${repo.infra.path}/actions/runs/${run}/pending_deployments`;
    const found = await repo.callAs('lead', 'GET', path);
    const [pending] = (await found.json()) as Array<{
      environment: { id: number };
    }>;
    const answer = await repo.callAs(login, 'POST', path, {
      environment_ids: [pending.environment.id],
      state,
      comment: 'seen',
    });
    await repo.infra.github.actions.idle();
    return answer.status;
  };

  it('gets no key and no environment by a workflow of their own', async () => {
    await repo.push('steal', root =>
      writeFileSync(join(root, '.github/workflows/steal.yml'), STEAL),
    );
    const [run] = await runsOf('steal.yml', 'push');
    expect(await jobsOf(run.id)).toEqual({
      ...Object.fromEntries(ENVIRONMENTS.map(name => [name, 'failure'])),
      none: 'success',
    });
    const log = await repo.infra.runLog(run.id);
    for (const name of ENVIRONMENTS)
      expect(log).toContain(
        `Branch "steal" is not allowed to deploy to ${name} due to environment protection rules.`,
      );
    expect(log).toContain('the key has 0 characters');
    expect(log).not.toContain('has {');
  });

  it('gets no key by running a shipped workflow on their branch', async () => {
    await repo.push('changed', root =>
      replaceIn(
        root,
        '.github/workflows/create-rds-database.yml',
        'goldenpath-rds request',
        'echo stolen; goldenpath-rds request',
      ),
    );
    const answer = await repo.callAs(
      'jane',
      'POST',
      `${repo.infra.path}/actions/workflows/create-rds-database.yml/dispatches`,
      { ref: 'changed', inputs: requestFor('stolen_db') },
    );
    expect(answer.status).toBe(204);
    const [run] = await runsOf('create-rds-database.yml', 'workflow_dispatch');
    const log = await repo.infra.runLog(run.id);
    expect(run.conclusion).toBe('failure');
    expect(log).toContain(
      'Branch "changed" is not allowed to deploy to rds-request due to environment protection rules.',
    );
    expect(log).not.toContain('stolen\n');
  });

  it('leaves no process behind in a plan, which holds no key', async () => {
    const pid = join(createFolder(), 'pid');
    await repo.push('process', root => {
      replaceIn(
        root,
        ACTION,
        '        fail() {',
        `        env | sort\n        nohup sleep 3600 > /dev/null 2>&1 & echo $! > ${pid}\n        fail() {`,
      );
      replaceIn(root, 'envs/dev-rds/main.tf', 'data ', '# changed\ndata ');
    });
    await repo.open('process');
    const [run] = await runsOf(APPLY, 'pull_request');
    const log = await repo.infra.runLog(run.id);
    expect(await jobsOf(run.id)).toMatchObject({ 'Plan for dev': 'success' });
    expect(existsSync(pid)).toBe(true);
    // A process that nobody has waited for yet is gone, too.
    await until(
      async () =>
        /^(?:Z.*)?$/.test(
          spawnSync(
            'ps',
            ['-o', 'stat=', '-p', readFileSync(pid, 'utf8').trim()],
            { encoding: 'utf8' },
          ).stdout.trim(),
        ),
      'the process to end',
    );
    expect(log).not.toMatch(/PRIVATE KEY|GOLDENPATH_\w*KEY/);
  });

  it('has nothing applied that a reviewer has not seen: a second merge while the approval waits', async () => {
    const first = await merge('first_db');
    expect(await jobsOf(first)).toMatchObject({
      'dev / Plan': 'success',
      'dev / Check the plan': 'success',
      'dev / Apply': 'waiting',
    });
    const second = await merge('second_db');
    expect(await review(first, 'jane')).not.toBe(200);
    expect(await jobsOf(first)).toMatchObject({ 'dev / Apply': 'waiting' });

    // What was approved is the plan of the first commit, which is no longer the newest.
    expect(await review(first, 'lead')).toBe(200);
    expect(await jobsOf(first)).toMatchObject({ 'dev / Apply': 'success' });
    expect(await repo.infra.runLog(first)).toMatch(
      /Superseded: [0-9a-f]{40} changed envs\/dev-rds later, and its run applies this change as well\. Nothing was done here\./,
    );
    await expect(instance.logIn('dev', 'first_db')).rejects.toThrow();

    expect(await jobsOf(second)).toMatchObject({ 'dev / Apply': 'waiting' });
    expect(await review(second, 'lead')).toBe(200);
    expect(await jobsOf(second)).toMatchObject({ 'dev / Apply': 'success' });
    for (const name of ['first_db', 'second_db'])
      expect(await instance.logIn('dev', name)).toMatchObject({
        database: name,
      });
  });

  it('has nothing applied that a reviewer rejects', async () => {
    const run = await merge('third_db');
    expect(await review(run, 'lead', 'rejected')).toBe(200);
    expect(await jobsOf(run)).toMatchObject({ 'dev / Apply': 'failure' });
    await expect(instance.logIn('dev', 'third_db')).rejects.toThrow();
  });

  it('deletes no credentials by a merge that nobody labelled, and an approver can still allow it', async () => {
    const { infra } = repo;
    await repo.push('removal', root => repo.remove(root, 'second_db'));
    const number = await repo.open('removal');
    expect((await infra.merge(number)).status).toBe(200);
    await infra.github.actions.idle();
    const [run] = (await runsOf(APPLY, 'push')).slice(-1);
    expect(await jobsOf(run.id)).toMatchObject({
      'dev / Check the plan': 'failure',
      'dev / Apply': 'skipped',
    });
    expect(await infra.runLog(run.id)).toMatch(
      new RegExp(
        `aws_secretsmanager_secret\\.database\\["second_db"\\]: delete\\. Pull request #${number} \\(commit [0-9a-f]{7}\\), which brought it, has no label rds-removal-allowed that counts\\. Revert it, or have platform-team set the label and run this job again\\.`,
      ),
    );
    expect(await instance.credentials('dev', 'second_db')).toBeDefined();

    const dispatch = async () => {
      await infra.call(
        'POST',
        `${infra.path}/actions/workflows/${APPLY}/dispatches`,
        { ref: 'main', inputs: { environment: 'dev' } },
      );
      await infra.github.actions.idle();
      return (await runsOf(APPLY, 'workflow_dispatch')).at(-1)!.id;
    };
    await repo.label(number, 'jane', 'rds-removal-allowed');
    const own = await dispatch();
    expect(await infra.runLog(own)).toContain(
      "The label rds-removal-allowed doesn't count: it was set by jane, who opened the pull request; someone else of platform-team must set it.",
    );
    expect(await jobsOf(own)).toMatchObject({ 'dev / Apply': 'skipped' });

    expect((await repo.verdict('removal')).log).toContain(
      'The pull request is closed, so there is no merge to check.',
    );

    await repo.removeLabel(number, 'ann', 'rds-removal-allowed');
    await repo.label(number, 'ann', 'rds-removal-allowed');
    const alone = await dispatch();
    expect(await infra.runLog(alone)).toContain(
      "The label rds-removal-allowed doesn't count: a removal requires two people, and besides ann nobody's approval counts.",
    );
    expect(await jobsOf(alone)).toMatchObject({ 'dev / Apply': 'skipped' });
    await repo.approve(number, 'lead');
    const allowed = await dispatch();
    expect(await infra.runLog(allowed)).toContain(
      `aws_secretsmanager_secret.database["second_db"]: delete, allowed by rds-removal-allowed of pull request #${number}.`,
    );
    expect(await jobsOf(allowed)).toMatchObject({ 'dev / Apply': 'waiting' });
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(repo.violations()).toEqual([]);
  });
});
