import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import {
  DefaultGithubCredentialsProvider,
  ScmIntegrations,
} from '@backstage/integration';
import { createPublishGithubAction } from '@backstage/plugin-scaffolder-backend-module-github';
import { Octokit } from '@octokit/rest';
import { TestGitHub } from './testing/testGitHub';

const WORKFLOW = `
on:
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [dev, prod], required: true }
      note: { type: string }
run-name: database \${{ inputs.environment }} \${{ inputs.note }}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo "for $ENVIRONMENT"
        env: { ENVIRONMENT: '\${{ inputs.environment }}' }
`;

const quietLogger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => quietLogger,
};

describe('the clients that Backstage uses', () => {
  let github: TestGitHub;
  let octokit: Octokit;
  let config: ConfigReader;
  const infra = { owner: 'acme', repo: 'infra' };

  beforeAll(async () => {
    github = await new TestGitHub().start();
    const { url, apiUrl, rawUrl } = github.github;
    await github.github.createTeam('acme', 'checkout-team');
    await github.github.createRepository('acme', 'infra', {
      '.github/workflows/create.yml': WORKFLOW,
      '.github/workflows/other.yml':
        'on: push\njobs: {a: {runs-on: x, steps: [{run: "true"}]}}\n',
      'docs/catalog.yaml': 'a: 1\n',
    });
    octokit = new Octokit({
      auth: 'local-token',
      baseUrl: apiUrl,
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    config = new ConfigReader({
      backend: { baseUrl: 'http://localhost', listen: ':0' },
      integrations: {
        github: [
          {
            host: new URL(url).host,
            apiBaseUrl: apiUrl,
            rawBaseUrl: rawUrl,
            token: 'local-token',
          },
        ],
      },
    });
  });
  afterAll(async () => {
    const { violations } = github.github.conformance!;
    await github.stop();
    expect(
      violations.filter(({ status }) => status !== 422 && status !== 404),
    ).toEqual([]);
  });

  describe('publish:github', () => {
    const publish = async (repo: string, input: object = {}) => {
      const workspacePath = join(github.folder, `workspace-${repo}`);
      mkdirSync(join(workspacePath, 'src'), { recursive: true });
      writeFileSync(
        join(workspacePath, 'catalog-info.yaml'),
        'kind: Component\n',
      );
      writeFileSync(join(workspacePath, 'src/app.py'), 'print(1)\n');
      const integrations = ScmIntegrations.fromConfig(config);
      const action = createPublishGithubAction({
        integrations,
        config,
        githubCredentialsProvider:
          DefaultGithubCredentialsProvider.fromIntegrations(integrations),
      });
      const host = new URL(github.github.url).host;
      const outputs: Record<string, unknown> = {};
      await action.handler({
        workspacePath,
        input: { repoUrl: `${host}?owner=acme&repo=${repo}`, ...input },
        logger: quietLogger,
        task: { id: 'task-1' },
        checkpoint: async ({ fn }) => fn(),
        output: (name, value) => {
          outputs[name] = value;
        },
        createTemporaryDirectory: async () => github.folder,
        getInitiatorCredentials: async () => ({
          $$type: '@backstage/BackstageCredentials',
          principal: { type: 'user', userEntityRef: 'user:default/jane' },
        }),
      });
      return outputs;
    };

    it('makes, fills and protects a repository, with everything that it can be asked for', async () => {
      const outputs = await publish('app', {
        description: 'An app',
        homepage: 'http://localhost:7007/create/tasks/1',
        repoVisibility: 'private',
        access: 'acme/checkout-team',
        collaborators: [{ user: 'backstage', access: 'push' }],
        topics: ['golden-path'],
        repoVariables: { NAME: 'Ada' },
        secrets: { KEY: 'a secret' },
        subscribe: true,
      });
      expect(outputs).toMatchObject({
        remoteUrl: `${github.github.url}/acme/app.git`,
        repoContentsUrl: `${github.github.url}/acme/app/blob/main`,
      });
      const app = { owner: 'acme', repo: 'app' };
      const { data } = await octokit.repos.get(app);
      expect(data).toMatchObject({
        private: true,
        description: 'An app',
        homepage: 'http://localhost:7007/create/tasks/1',
        topics: ['golden-path'],
        default_branch: 'main',
      });
      const branch = await octokit.repos.getBranch({ ...app, branch: 'main' });
      expect(branch.data).toMatchObject({
        protected: true,
        commit: { sha: outputs.commitHash },
      });
      const folder = await github.clone('acme/app');
      expect(readFileSync(join(folder, 'src/app.py'), 'utf8')).toBe(
        'print(1)\n',
      );
    });

    it('never takes a repository that is there already', async () => {
      await github.call('POST', '/orgs/acme/repos', { name: 'taken' });
      await expect(publish('taken')).rejects.toThrow(
        /Failed to create the Organization repository acme\/taken, .*name already exists on this account/,
      );
    });
  });

  describe('the URL reader of the catalog and of templates', () => {
    const reader = () =>
      UrlReaders.default({
        config,
        logger: quietLogger,
      });
    const url = (path: string) => `${github.github.url}/acme/infra/${path}`;

    it('reads a file, and reads it again only once it has changed', async () => {
      const file = url('blob/main/docs/catalog.yaml');
      const first = await reader().readUrl(file);
      expect((await first.buffer()).toString()).toBe('a: 1\n');
      expect(first.etag).toBeTruthy();
      await expect(
        reader().readUrl(file, { etag: first.etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
      await github.write('acme/infra', 'docs/catalog.yaml', 'a: 2\n');
      const again = await reader().readUrl(file, { etag: first.etag });
      expect((await again.buffer()).toString()).toBe('a: 2\n');
      await expect(
        reader().readUrl(url('blob/main/nothing.yaml')),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });

    it('reads a tree, of a branch with a slash too', async () => {
      await github.write('acme/infra', 'docs/more.md', 'more', 'feature/x');
      const tree = await reader().readTree(url('tree/main/docs'));
      const files = await tree.files();
      expect(files.map(file => file.path)).toEqual(['catalog.yaml']);
      await expect(
        reader().readTree(url('tree/main/docs'), { etag: tree.etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
    });

    it('searches by pattern', async () => {
      const found = await reader().search(
        url('blob/main/.github/workflows/*.yml'),
      );
      expect(found.files.map(file => file.url).sort()).toEqual([
        url('blob/main/.github/workflows/create.yml'),
        url('blob/main/.github/workflows/other.yml'),
      ]);
    });
  });

  describe('octokit', () => {
    it('asks conditionally as fetch does', async () => {
      const path = {
        ...infra,
        path: '.github/workflows/other.yml',
        ref: 'main',
      };
      const first = await octokit.repos.getContent(path);
      const again = octokit.repos.getContent({
        ...path,
        headers: { 'if-none-match': first.headers.etag },
      });
      await expect(again).rejects.toMatchObject({ status: 304 });
    });

    it('writes past one page of a list', async () => {
      for (let n = 0; n < 7; n++)
        await octokit.issues.create({ ...infra, title: `Issue ${n}` });
      const all = await octokit.paginate(octokit.issues.listForRepo, {
        ...infra,
        per_page: 3,
      });
      expect(all.map(issue => issue.title)).toEqual(
        [6, 5, 4, 3, 2, 1, 0].map(n => `Issue ${n}`),
      );
    });

    const dispatch = (body: object, version?: string) =>
      octokit.request(
        'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        {
          ...infra,
          workflow_id: 'create.yml',
          ref: 'main',
          inputs: { environment: 'dev' },
          ...(version && { headers: { 'x-github-api-version': version } }),
          ...body,
        },
      );

    const details = {
      workflow_run_id: expect.any(Number),
      run_url: expect.stringContaining(
        '/api/v3/repos/acme/infra/actions/runs/',
      ),
      html_url: expect.stringContaining('/acme/infra/actions/runs/'),
    };
    const answers = [
      { reason: 'as it was', body: {}, status: 204, data: undefined },
      {
        reason: 'as it was, by name of that version',
        version: '2022-11-28',
        body: {},
        status: 204,
        data: undefined,
      },
      {
        reason: 'asked for details',
        body: { return_run_details: true },
        status: 200,
        data: details,
      },
      {
        reason: 'always with details since that version',
        version: '2026-03-10',
        body: {},
        status: 200,
        data: details,
      },
    ];
    it.each(answers)(
      'dispatches: $status $reason',
      async ({ body, version, status, data }) => {
        const answer = await dispatch(body, version);
        expect({ status: answer.status, data: answer.data }).toEqual({
          status,
          data,
        });
      },
    );

    const refusals = [
      {
        reason: 'an input that the workflow has not',
        body: { inputs: { environment: 'dev', nonsense: '1' } },
        status: 422,
        says: 'Unexpected inputs provided: ["nonsense"]',
      },
      {
        reason: 'a required input is missing',
        body: { inputs: {} },
        status: 422,
        says: "Required input 'environment' not provided",
      },
      {
        reason: 'a value out of the choices',
        body: { inputs: { environment: 'moon' } },
        status: 422,
        says: "Provided value 'moon' for input 'environment' not in the list of allowed values",
      },
      {
        reason: 'a workflow that nobody may dispatch',
        body: { workflow_id: 'other.yml', inputs: {} },
        status: 422,
        says: "Workflow does not have 'workflow_dispatch' trigger",
      },
      {
        reason: 'a ref that is not there',
        body: { ref: 'nothing' },
        status: 422,
        says: 'No ref found for: nothing',
      },
      {
        reason: 'more inputs than GitHub takes',
        body: {
          inputs: Object.fromEntries(
            Array.from({ length: 26 }, (_, index) => [`i${index}`, 'x']),
          ),
        },
        status: 422,
        says: 'Invalid request.',
      },
      {
        reason: 'an unknown workflow',
        body: { workflow_id: 'nothing.yml' },
        status: 404,
        says: 'Not Found',
      },
      {
        reason: 'an unknown version of the API',
        body: {},
        version: '1999-01-01',
        status: 400,
        says: '1999-01-01 is not a supported version',
      },
    ];
    it.each(refusals)(
      'refuses a dispatch with $status: $reason',
      async ({ body, version, status, says }) => {
        const error = await dispatch(body, version).catch(one => one);
        expect(error).toMatchObject({ status });
        expect(error.message).toContain(says);
      },
    );

    it('follows a run by its title to its end and log', async () => {
      const { data } = await dispatch({
        inputs: { environment: 'prod', note: 'task-7' },
        return_run_details: true,
      });
      await github.github.actions.idle();
      const runs = await octokit.actions.listWorkflowRuns({
        ...infra,
        workflow_id: 'create.yml',
        event: 'workflow_dispatch',
        status: 'success',
        created: '>=2020-01-01',
      });
      const run = runs.data.workflow_runs.find(
        one => one.display_title === 'database prod task-7',
      );
      expect(run?.id).toBe(
        (data as { workflow_run_id: number }).workflow_run_id,
      );
      const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({
        ...infra,
        run_id: run!.id,
      });
      const log = await octokit.actions.downloadJobLogsForWorkflowRun({
        ...infra,
        job_id: jobs.jobs[0].id,
      });
      expect(String(log.data)).toContain('for prod');
    });
  });

  it('are refused without a token, with an empty one, and with one of a run that is over', async () => {
    for (const authorization of [
      undefined,
      'token ',
      'Basic Og==',
      'token ghs_over',
    ]) {
      const answer = await github.call('GET', '/repos/acme/infra', undefined, {
        authorization,
      });
      expect({ authorization, status: answer.status }).toEqual({
        authorization,
        status: 401,
      });
    }
    for (const authorization of [
      'token x',
      'Bearer x',
      `Basic ${Buffer.from('x-access-token:x').toString('base64')}`,
    ]) {
      const answer = await github.call('GET', '/repos/acme/infra', undefined, {
        authorization,
      });
      expect(answer.status).toBe(200);
    }
    const broken = await fetch(`${github.github.apiUrl}/user/repos`, {
      method: 'POST',
      headers: { authorization: 'token x' },
      body: '{',
    });
    expect(broken.status).toBe(400);
  });
});
