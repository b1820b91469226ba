import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Fault } from '@goldenpath/local-github';
import { textOf } from '../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import { bootForm } from './support/bootForm';
import { createFastClock } from './support/fastClock';
import { githubClient } from './support/github';
import { builtCli } from './support/builtCli';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from './support/infraGitHub';
import { until } from './support/platform';
import {
  readQuickWorkflow,
  REQUEST_WORKFLOW,
  SHIPPED_REQUEST_WORKFLOW,
} from './support/replica/quickWorkflow';

const DISPATCH: Pick<Fault, 'method' | 'path'> = {
  method: 'POST',
  path: /\/create-rds-database\.yml\/dispatches$/,
};
const LIST: Pick<Fault, 'method' | 'path'> = {
  method: 'GET',
  path: /\/create-rds-database\.yml\/runs$/,
};
const RUN: Pick<Fault, 'method' | 'path'> = {
  method: 'GET',
  path: /\/actions\/runs\/\d+$/,
};
const PULLS: Pick<Fault, 'method' | 'path'> = {
  method: 'GET',
  path: /^\/repos\/acme\/platform-infra\/pulls$/,
};
const FILES: Pick<Fault, 'method' | 'path'> = {
  method: 'GET',
  path: /^\/repos\/acme\/platform-infra\/contents\/docs/,
};
const MINUTE = 60_000;
const TOKEN = 'token-of-the-form';
const CREDENTIALS =
  'the credentials of integrations\\.github for "localhost:\\d+"';

/** The wanted numbers that have one at least as large, in the same order. */
const findInOrder = (numbers: number[], wanted: number[]): number[] => {
  let next = 0;
  return wanted.filter(least => {
    const found = numbers.findIndex((one, n) => n >= next && one >= least);
    next = found + 1;
    return found >= 0;
  });
};

/**
 * The shipped template in a Backstage backend, against the local GitHub. Its workflow runs only open the pull request,
 * except where the shipped workflow is what a test is about.
 */
describe('the form, when GitHub misbehaves', () => {
  const clock = createFastClock(100);
  let infra: InfraGitHub;
  let form: Awaited<ReturnType<typeof bootForm>>;
  let forms = 0;
  let quick: string;

  beforeAll(async () => {
    infra = await startInfraGitHub({
      without: ['rds-database-guard.yml', 'rds-database-rebase.yml'],
      files: { [REQUEST_WORKFLOW]: readQuickWorkflow() },
    });
    quick = (await infra.file(REQUEST_WORKFLOW))!;
    form = await bootForm(infra, {
      integration: { token: TOKEN },
      services: [clock.service],
      wait: { pollInterval: { seconds: 10 }, timeout: { hours: 12 } },
    });
  });
  afterEach(() => infra.github.faults.clear());
  afterAll(async () => {
    await form?.stop();
    await infra?.stop();
  });

  const fill = async (by: typeof form = form) => {
    forms += 1;
    clock.sleeps.length = 0;
    const databaseName = `faults_${forms}_db`;
    const { body } = await by.createTask({
      component_id: `faults-${forms}`,
      databaseName,
      username: `${databaseName}_user`,
      owner: 'group:default/platform-team',
      environment: 'dev',
    });
    return { id: body.id as string, databaseName };
  };
  const runsOf = async (databaseName: string) => {
    await infra.github.actions.idle();
    return (await infra.runs()).filter(run =>
      run.display_title.startsWith(`database dev-${databaseName} `),
    );
  };
  /** What there is of a request. */
  const outcome = async (databaseName: string) => {
    const runs = await runsOf(databaseName);
    const pulls = (await infra.pullRequests()).filter(
      pull => pull.head.ref === `database/dev/${databaseName}`,
    );
    return {
      runs: runs.map(run => run.conclusion),
      pulls: pulls.map(pull => pull.state),
    };
  };
  const DONE = { runs: ['success'], pulls: ['open'] };
  const ends = async (id: string, by: typeof form = form) => {
    const { status, events } = await by.finished(id);
    return { status, says: textOf(events) };
  };
  const expectDone = (task: { status: string; says: string }) =>
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : task.says,
    }).toEqual({ status: 'completed', says: '' });

  const nobodyIsNeeded: Array<{
    faults: Fault[];
    prepare?(): unknown;
    restore?(): unknown;
    /** Said once in the task's log. */
    told?: RegExp;
    /** Waited at least so long at once, in ms, in this order. */
    waits?: number[];
    reason: string;
  }> = [
    {
      faults: [{ kind: 'reset-before', ...DISPATCH }],
      told: /GitHub did not answer POST .*dispatches \(.*\): it is unknown whether the workflow was dispatched\. Looking for its run for 2 minutes/,
      reason: 'the connection breaks before the dispatch arrives',
    },
    {
      faults: [{ kind: 'reset-after', ...DISPATCH }],
      told: /unknown whether the workflow was dispatched/,
      reason: 'the connection breaks after the dispatch arrived',
    },
    {
      faults: [{ kind: 'bad-gateway-before', ...DISPATCH }],
      told: /GitHub answered POST .*dispatches with 502: it is unknown/,
      reason: '502 instead of accepting',
    },
    {
      faults: [{ kind: 'bad-gateway-after', ...DISPATCH }],
      told: /with 502: it is unknown/,
      reason: '502 after accepting',
    },
    {
      faults: [
        { kind: 'reset-after', ...DISPATCH },
        { kind: 'not-found', ...RUN },
        { kind: 'bad-gateway-before', ...LIST, times: 10 },
      ],
      told: /unknown whether/,
      reason: 'an outage right after the dispatch',
    },
    {
      faults: [
        { kind: 'reset-before', ...DISPATCH, times: 2 },
        { kind: 'bad-gateway-before', ...LIST, times: 6 },
      ],
      told: /unknown whether.*\n(.*\n)*.*unknown whether/,
      reason: 'two dispatches in a row that never arrive',
    },
    {
      faults: [{ kind: 'slow', ...DISPATCH, delay: 1500 }],
      reason: 'the answer to the dispatch is late',
    },
    {
      faults: [{ kind: 'too-many-requests', ...DISPATCH, retryAfter: 30 }],
      told: /GitHub's secondary rate limit rejects POST .*dispatches; waiting until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\./,
      waits: [30_000],
      reason: '429 with retry-after at the dispatch',
    },
    {
      faults: [{ kind: 'secondary-limit', ...DISPATCH, retryAfter: 90 }],
      told: /secondary rate limit rejects POST/,
      waits: [90_000],
      reason: 'a secondary limit with retry-after at the dispatch',
    },
    {
      faults: [{ kind: 'secondary-limit', ...DISPATCH, times: 3 }],
      told: /(secondary rate limit rejects POST(.*\n)*.*){3}/,
      waits: [MINUTE, 2 * MINUTE, 4 * MINUTE],
      reason:
        'a secondary limit without retry-after waits a minute, then longer',
    },
    {
      faults: [{ kind: 'primary-limit', ...DISPATCH, resetsIn: 300 }],
      told: /GitHub's primary rate limit rejects POST/,
      waits: [5 * MINUTE],
      reason: 'a primary limit that ends within the timeout',
    },
    {
      faults: [{ kind: 'secondary-limit', ...RUN }],
      told: /secondary rate limit rejects GET .*\/actions\/runs\/\d+/,
      waits: [MINUTE],
      reason: 'a secondary limit without retry-after while the run is followed',
    },
    {
      faults: [{ kind: 'primary-limit', ...RUN, resetsIn: 120 }],
      told: /primary rate limit rejects GET .*\/actions\/runs\/\d+/,
      waits: [2 * MINUTE],
      reason: 'a primary limit while the run is followed',
    },
    {
      faults: [{ kind: 'not-found', ...RUN }],
      reason: '404 just after the run was created',
    },
    {
      faults: [
        { kind: 'reset-before', ...RUN, times: 3 },
        { kind: 'bad-gateway-before', ...RUN, times: 10 },
        { kind: 'slow', ...RUN, delay: 1500 },
      ],
      reason: 'an outage while the run is followed',
    },
    {
      faults: [
        { kind: 'reset-before', ...PULLS, times: 2 },
        { kind: 'secondary-limit', ...PULLS },
      ],
      waits: [MINUTE],
      reason: 'a limit while the pull request is looked for',
    },
    {
      faults: [
        { kind: 'bad-gateway-before', ...FILES, times: 2 },
        { kind: 'secondary-limit', ...FILES },
      ],
      told: /secondary rate limit rejects GET .*\/contents\//,
      waits: [MINUTE],
      reason: 'a limit while the request is checked',
    },
    {
      faults: [],
      prepare: () => infra.github.setDispatchAnswers('empty'),
      restore: () => infra.github.setDispatchAnswers('run'),
      reason: 'a GitHub that answers dispatches with 204 only',
    },
    {
      faults: [],
      prepare: () => infra.github.setDispatchAnswers('field-unknown'),
      restore: () => infra.github.setDispatchAnswers('run'),
      reason: 'a GitHub that answers 400 to return_run_details',
    },
  ];
  it.each(nobodyIsNeeded)(
    'ends with one run and one pull request: $reason',
    async ({ faults, prepare, restore, told, waits = [] }) => {
      await prepare?.();
      const met = faults.map(fault => infra.github.faults.next(fault));
      const { id, databaseName } = await fill();
      const task = await ends(id);
      await restore?.();
      expectDone(task);
      if (told) expect(task.says).toMatch(told);
      expect(findInOrder(clock.sleeps, waits)).toEqual(waits);
      expect(met.map(one => one.met)).toEqual(
        faults.map(fault => fault.times ?? 1),
      );
      expect(await outcome(databaseName)).toEqual(DONE);
    },
  );

  const aPersonIsNeeded: Array<{
    prepare(): unknown;
    restore(): unknown;
    says: RegExp;
    saysNot?: RegExp;
    reason: string;
  }> = [
    {
      prepare: () => infra.github.revokeToken(TOKEN),
      restore: () => infra.github.revokeToken(TOKEN, false),
      says: new RegExp(
        `GitHub answered GET /repos/acme/platform-infra with 401 "Bad credentials": ${CREDENTIALS} are expired, revoked or wrong\\. Renew them, then try again\\.`,
      ),
      saysNot: /rate limit|permission/,
      reason: 'the token is expired or revoked',
    },
    {
      prepare: () => infra.github.archiveRepository(infra.repo),
      restore: () => infra.github.archiveRepository(infra.repo, false),
      says: /with 403 "Repository was archived so is read-only\.": the repository is archived, so it is read-only\. Unarchive it in its settings, then try again\./,
      saysNot: /rate limit|permission/,
      reason: 'the infra repo is archived',
    },
    {
      prepare: () => infra.github.setServerVersion('3.19.4'),
      restore: () => infra.github.setServerVersion(undefined),
      says: /with 422 "failed to parse workflow.*"\. This GitHub Enterprise Server is 3\.19\.4: before 3\.20 a workflow takes 10 inputs, and create-rds-database\.yml has 12\. Upgrade the server to 3\.20 or newer, then try again\./,
      reason: 'actions/runner #1425, #1928: a server that takes ten inputs',
    },
    {
      prepare: () => infra.github.disableActions(infra.repo),
      restore: () =>
        infra.github.disableActions(infra.repo, { isDisabled: false }),
      says: /with 422 "Actions has been disabled for this repository\."\. Enable GitHub Actions in the repository's or the account's settings \(acme\/platform-infra\), then try again\./,
      reason: 'Actions are disabled',
    },
    {
      prepare: () =>
        infra.github.disableActions(infra.repo, { workflow: REQUEST_WORKFLOW }),
      restore: () =>
        infra.github.disableActions(infra.repo, {
          workflow: REQUEST_WORKFLOW,
          isDisabled: false,
        }),
      says: /The workflow create-rds-database\.yml of acme\/platform-infra is disabled on GitHub\. Tell the platform team\./,
      reason: 'the workflow is disabled',
    },
    {
      prepare: () =>
        changeWorkflow(text =>
          text.replace(
            '      task_id:\n',
            '      cost_centre: { type: string, required: true }\n      task_id:\n',
          ),
        ),
      restore: () => changeWorkflow(() => quick),
      says: /with 422 "[^"]*cost_centre[^"]*".*\. The workflow of main doesn't take this dispatch: compare it with the create-rds-database\.yml of the installed version \(acme\/platform-infra\), then try again\./,
      reason: 'the workflow file has changed: it requires another input',
    },
    {
      prepare: () =>
        changeWorkflow(text =>
          text.replace('      size:\n', '      size_tier:\n'),
        ),
      restore: () => changeWorkflow(() => quick),
      says: /with 422 "Unexpected inputs provided: .*size.*compare it with/,
      reason: 'the workflow file has changed: it takes an input no more',
    },
    {
      prepare: () =>
        infra.github.faults.next({ kind: 'not-found', ...DISPATCH }),
      restore: () => undefined,
      says: new RegExp(
        `GitHub answered POST .*dispatches with 404 "Not Found": it does not exist, or ${CREDENTIALS} don't reach it\\. Check its name, and what they have access to\\.`,
      ),
      reason: '404 that stays, in words of ours',
    },
  ];
  const changeWorkflow = async (edit: (text: string) => string) => {
    const path = `${infra.path}/contents/${REQUEST_WORKFLOW}`;
    const { sha } = await infra.json<{ sha: string }>(path);
    const text = (await infra.file(REQUEST_WORKFLOW))!;
    const changed = edit(text);
    expect(changed).not.toBe(text);
    const answer = await infra.call('PUT', path, {
      message: 'Change the workflow',
      content: Buffer.from(changed).toString('base64'),
      sha,
    });
    expect(answer.status).toBe(200);
  };
  it.each(aPersonIsNeeded)(
    'names cause and next step, and goes on with Retry: $reason',
    async ({ prepare, restore, says, saysNot }) => {
      await prepare();
      const { id, databaseName } = await fill();
      const failed = await ends(id);
      const before = await outcomeWhileFailed(databaseName, restore);
      expect(failed.status).toBe('failed');
      expect(failed.says).toMatch(says);
      if (saysNot) expect(failed.says).not.toMatch(saysNot);
      expect(failed.says).not.toContain(TOKEN);
      expect(before).toEqual({ runs: [], pulls: [] });

      expect((await form.retry(id)).status).toBeLessThan(300);
      expectDone(await ends(id));
      expect(await outcome(databaseName)).toEqual(DONE);
    },
  );
  /** Its own calls may meet the fault, too. */
  const outcomeWhileFailed = async (
    databaseName: string,
    restore: () => unknown,
  ) => {
    infra.github.faults.clear();
    await restore();
    return outcome(databaseName);
  };

  describe('with another configuration', () => {
    let other: typeof form | undefined;
    afterEach(async () => {
      await other?.stop();
      other = undefined;
    });

    it('says that the installation of the App is suspended', async () => {
      const app = await infra.github.createApp('backstage-app', {
        actions: 'write',
        administration: 'write',
        contents: 'write',
        pull_requests: 'write',
      });
      await infra.github.suspendApp('backstage-app');
      other = await bootForm(infra, {
        integration: {
          apps: [
            {
              appId: app.appId,
              privateKey: app.privateKey,
              clientId: 'id',
              clientSecret: 'secret',
              webhookSecret: 'secret',
            },
          ],
        },
      });
      const { id, databaseName } = await fill(other);
      const { status, says } = await ends(id, other);
      expect(status).toBe('failed');
      expect(says).toMatch(
        /GitHub refuses the request for an App's token for acme\/platform-infra: the installation of the GitHub App is suspended\. Unsuspend it in the organization's settings \(GitHub Apps\), then try again\./,
      );
      expect(says).not.toMatch(/rate limit|permission|PRIVATE KEY/);
      expect(await outcome(databaseName)).toEqual({ runs: [], pulls: [] });
    });

    it('follows a run with Retry that takes longer than the timeout', async () => {
      const { github, repo, path } = infra;
      other = await bootForm(infra, { wait: { timeout: { seconds: 1 } } });
      await github.addCollaborator(repo, 'lead', 'write');
      const rules = { branches: ['main'] };
      await github.setEnvironment(repo, 'rds-request', {
        ...rules,
        reviewers: { users: ['lead'] },
      });
      const { id, databaseName } = await fill(other);
      const { status, says } = await ends(id, other);
      const [{ id: run }] = await runsOf(databaseName);
      const lead = githubClient(
        github.apiUrl,
        'acme/platform-infra',
        await github.createUserToken('lead'),
      );
      const pending = `${path}/actions/runs/${run}/pending_deployments`;
      const [{ environment }] = await lead.json<
        Array<{ environment: { id: number } }>
      >(pending);
      await lead.call('POST', pending, {
        environment_ids: [environment.id],
        state: 'approved',
        comment: 'seen',
      });
      await github.setEnvironment(repo, 'rds-request', rules);
      expect(status).toBe('failed');
      expect(says).toMatch(/still running; .*goldenPath\.await\.timeout/);
      await github.actions.idle();
      expect((await other.retry(id)).status).toBeLessThan(300);
      expectDone(await ends(id, other));
      expect(await outcome(databaseName)).toEqual(DONE);
    });

    it('names a rate limit that lasts longer than the timeout, and asks no more while it lasts', async () => {
      other = await bootForm(infra, {
        wait: { timeout: { seconds: 60 } },
        integration: { token: 'token-with-a-limit' },
      });
      const met = infra.github.faults.next({
        kind: 'primary-limit',
        ...DISPATCH,
        resetsIn: 3600,
        times: 2,
      });
      const { id, databaseName } = await fill(other);
      const words =
        /GitHub's primary rate limit rejects POST .*dispatches until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. Try again then\./;
      const first = await ends(id, other);
      expect(first.status).toBe('failed');
      expect(first.says).toMatch(words);
      expect(first.says).not.toMatch(/permission|credentials/);
      await other.retry(id);
      const second = await ends(id, other);
      expect(second.status).toBe('failed');
      expect(second.says).toMatch(words);
      expect(met.met).toBe(1);
      expect(await outcome(databaseName)).toEqual({ runs: [], pulls: [] });
    });

    it('stops to wait for a rate limit when the task is cancelled', async () => {
      other = await bootForm(infra);
      infra.github.faults.next({
        kind: 'secondary-limit',
        ...DISPATCH,
        retryAfter: 600,
      });
      const { id, databaseName } = await fill(other);
      const scaffolder = other;
      await until(
        async () => /waiting until/.test(await scaffolder.said(id)),
        'the task to wait',
      );
      const start = performance.now();
      await scaffolder.cancel(id);
      // Backstage lets a cancelled task end so.
      const { status, says } = await ends(id, scaffolder);
      expect(status).toBe('failed');
      expect(says).toContain('The task was cancelled.');
      expect(performance.now() - start).toBeLessThan(300_000);
      expect(await outcome(databaseName)).toEqual({ runs: [], pulls: [] });
    });
  });

  describe('with the shipped workflow', () => {
    beforeAll(() =>
      changeWorkflow(() => readFileSync(SHIPPED_REQUEST_WORKFLOW, 'utf8')),
    );

    it('names the step of a run that fails', async () => {
      const { github, repo } = infra;
      await github.setEnvironmentVariable(
        repo,
        'rds-request',
        'GOLDENPATH_CLI',
        '/nowhere/goldenpath-rds.js',
      );
      const { id, databaseName } = await fill();
      const { status, says } = await ends(id);
      await github.setEnvironmentVariable(
        repo,
        'rds-request',
        'GOLDENPATH_CLI',
        await builtCli(),
      );
      expect(status).toBe('failed');
      expect(says).toMatch(
        /The workflow run ended with "failure" at Open the pull request: .*: http:\/\/localhost:\d+\/acme\/platform-infra\/actions\/runs\/\d+\. Its log says why\./,
      );
      expect(await outcome(databaseName)).toEqual({
        runs: ['failure'],
        pulls: [],
      });
    });

    it('two runs of the same request and task open one pull request', async () => {
      const inputs = requestFor('twice_db');
      const answers = [
        await infra.dispatch(inputs),
        await infra.dispatch(inputs),
      ];
      expect(answers.map(({ status }) => status)).toEqual([204, 204]);
      await infra.github.actions.idle();
      expect(await outcome('twice_db')).toEqual({
        runs: ['success', 'success'],
        pulls: ['open'],
      });
      const commits = execFileSync(
        'git',
        ['rev-list', '--count', 'main..database/dev/twice_db'],
        { cwd: infra.github.gitDir(infra.repo), encoding: 'utf8' },
      );
      expect(commits.trim()).toBe('1');
    });
  });
});
