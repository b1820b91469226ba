import sodium from 'libsodium-wrappers';
import listed from '../../openapi/operations.json';
import { createAppToken } from '../actions/appToken';
import { listDescribedOperations } from './rest/openapi';
import { operations } from './rest';
import { Reply, TestGitHub } from './testing/testGitHub';

const WORKFLOW = `
on:
  push:
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [dev, prod], required: true }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo "hello \${{ vars.NAME }}"
`;

const DEPLOY =
  "on: workflow_dispatch\njobs: { one: { runs-on: x, environment: prod, steps: [{ run: 'true' }] } }\n";

/** A secret as `PUT …/secrets/{secret_name}` takes it. */
const seal = async (value: string, key: Reply) => {
  await sodium.ready;
  const variant = sodium.base64_variants.ORIGINAL;
  const sealed = sodium.crypto_box_seal(
    value,
    sodium.from_base64(key.body.key, variant),
  );
  return {
    encrypted_value: sodium.to_base64(sealed, variant),
    key_id: key.body.key_id,
  };
};

describe('the REST API beside GitHub’s own description of it', () => {
  let github: TestGitHub;
  const repo = '/repos/acme/app';

  const expectStatus = async (
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply> => {
    const reply = await github.call(method, path, body, headers);
    expect({
      call: `${method} ${path}`,
      status: reply.status,
      says: reply.status === status ? '' : reply.text,
    }).toEqual({ call: `${method} ${path}`, status, says: '' });
    return reply;
  };

  beforeAll(async () => {
    github = await new TestGitHub().start();
    await github.github.createTeam('acme', 'checkout-team');
  });
  afterAll(() => github.stop());

  it('has exactly the operations that are listed, and all of them are GitHub’s', () => {
    const own = Object.keys(operations).sort();
    expect(own).toEqual([...listed].sort());
    expect(own).toEqual(listDescribedOperations().sort());
  });

  it('answers accounts and repositories as described', async () => {
    await expectStatus(200, 'GET', '/users/acme');
    await expectStatus(200, 'GET', '/users/github-actions[bot]');
    await expectStatus(404, 'GET', '/users/nobody');
    await expectStatus(201, 'POST', '/orgs/acme/repos', {
      name: 'app',
      private: true,
      visibility: 'private',
      description: 'An app',
      homepage: 'http://localhost/tasks/1',
    });
    await expectStatus(422, 'POST', '/orgs/acme/repos', { name: 'APP' });
    await expectStatus(422, 'POST', '/orgs/acme/repos', { name: 'a b' });
    await expectStatus(422, 'POST', '/orgs/acme/repos', {
      name: 'inner',
      visibility: 'internal',
    });
    await expectStatus(404, 'POST', '/orgs/nobody/repos', { name: 'app' });
    await expectStatus(201, 'POST', '/user/repos', {
      name: 'mine',
      auto_init: true,
    });
    await expectStatus(200, 'GET', '/orgs/acme/teams/checkout-team');
    await expectStatus(404, 'GET', '/orgs/acme/teams/nobody');
    await expectStatus(
      204,
      'PUT',
      '/orgs/acme/teams/checkout-team/repos/acme/app',
      { permission: 'admin' },
    );
    const teams = await expectStatus(200, 'GET', '/repos/acme/app/teams');
    expect(teams.body).toMatchObject([
      { slug: 'checkout-team', permission: 'admin' },
    ]);
    const member = '/orgs/acme/teams/checkout-team/memberships/backstage';
    await expectStatus(404, 'GET', member);
    await expectStatus(200, 'PUT', member, { role: 'member' });
    await expectStatus(200, 'PUT', member);
    await expectStatus(200, 'GET', member);
    const permission = `${repo}/collaborators/backstage/permission`;
    await expectStatus(200, 'GET', permission);
    await expectStatus(200, 'GET', repo);
    await expectStatus(404, 'GET', '/repos/acme/nothing');
    await expectStatus(409, 'GET', `${repo}/git/ref/heads/main`);
    await expectStatus(200, 'PATCH', repo, {
      description: 'Another description',
      has_wiki: false,
    });
    await expectStatus(422, 'PATCH', repo, { default_branch: 'nothing' });
    await expectStatus(422, 'PATCH', repo, { name: 'other' });
    await expectStatus(200, 'PUT', `${repo}/topics`, { names: ['a-b', 'c'] });
    await expectStatus(422, 'PUT', `${repo}/topics`, { names: ['A B'] });
    await expectStatus(204, 'PUT', `${repo}/collaborators/backstage`, {
      permission: 'admin',
    });
    await expectStatus(404, 'PUT', `${repo}/collaborators/nobody`, {});
    await expectStatus(200, 'PUT', `${repo}/subscription`, {
      subscribed: true,
      ignored: false,
    });
  });

  it('answers contents, refs and git objects as described', async () => {
    const put = await expectStatus(201, 'PUT', `${repo}/contents/docs/a.md`, {
      message: 'a',
      content: Buffer.from('# A\n').toString('base64'),
    });
    await expectStatus(422, 'PUT', `${repo}/contents/docs/a.md`, {
      message: 'a',
      content: '',
    });
    await expectStatus(409, 'PUT', `${repo}/contents/docs/a.md`, {
      message: 'a',
      content: '',
      sha: '0'.repeat(40),
    });
    await expectStatus(200, 'PUT', `${repo}/contents/docs/a.md`, {
      message: 'a',
      content: Buffer.from('# A2\n').toString('base64'),
      sha: put.body.content.sha,
      author: { name: 'Jane', email: 'jane@example.com' },
    });
    await expectStatus(200, 'GET', `${repo}/contents/`);
    await expectStatus(200, 'GET', `${repo}/contents/docs`);
    await expectStatus(200, 'GET', `${repo}/contents/docs/a.md`);
    await expectStatus(200, 'GET', `${repo}/contents/docs`, undefined, {
      accept: 'application/vnd.github.object+json',
    });
    await expectStatus(404, 'GET', `${repo}/contents/nothing`);
    await expectStatus(404, 'GET', `${repo}/contents/docs/a.md?ref=nothing`);

    const ref = await expectStatus(200, 'GET', `${repo}/git/ref/heads/main`);
    const { sha } = ref.body.object;
    await expectStatus(404, 'GET', `${repo}/git/ref/heads/nothing`);
    const refs = `${repo}/git/refs`;
    await expectStatus(201, 'POST', refs, { ref: 'refs/heads/f/one', sha });
    await expectStatus(422, 'POST', refs, { ref: 'refs/heads/f/one', sha });
    await expectStatus(422, 'POST', refs, { ref: 'one', sha });
    await expectStatus(422, 'POST', refs, {
      ref: 'refs/heads/x',
      sha: '0'.repeat(40),
    });
    const blob = await expectStatus(201, 'POST', `${repo}/git/blobs`, {
      content: 'hello',
      encoding: 'utf-8',
    });
    await expectStatus(200, 'GET', `${repo}/git/blobs/${blob.body.sha}`);
    const head = await expectStatus(200, 'GET', `${repo}/git/commits/${sha}`);
    const tree = await expectStatus(201, 'POST', `${repo}/git/trees`, {
      base_tree: head.body.tree.sha,
      tree: [
        { path: 'b.txt', mode: '100644', type: 'blob', sha: blob.body.sha },
        { path: 'bin/run', mode: '100755', type: 'blob', content: '#!/bin/sh' },
      ],
    });
    await expectStatus(
      200,
      'GET',
      `${repo}/git/trees/${tree.body.sha}?recursive=1`,
    );
    const commit = await expectStatus(201, 'POST', `${repo}/git/commits`, {
      message: 'by hand',
      tree: tree.body.sha,
      parents: [sha],
    });
    await expectStatus(200, 'PATCH', `${refs}/heads/f/one`, {
      sha: commit.body.sha,
    });
    await expectStatus(422, 'PATCH', `${refs}/heads/f/one`, { sha });
    await expectStatus(422, 'PATCH', `${refs}/heads/nothing`, { sha });
    await expectStatus(200, 'GET', `${repo}/commits?sha=f/one&per_page=1`);
    await expectStatus(200, 'GET', `${repo}/commits/f/one`);
    await expectStatus(200, 'GET', `${repo}/commits/f%2Fone/status`);
    await expectStatus(404, 'GET', `${repo}/commits/nothing/status`);
    await expectStatus(302, 'GET', `${repo}/tarball/${sha}`);
  });

  it('answers pull requests, issues and labels as described', async () => {
    const pulls = `${repo}/pulls`;
    await expectStatus(422, 'POST', pulls, { head: 'f/one', base: 'main' });
    await expectStatus(422, 'POST', pulls, {
      title: 'x',
      head: 'nothing',
      base: 'main',
    });
    await expectStatus(201, 'POST', pulls, {
      title: 'One',
      head: 'acme:f/one',
      base: 'main',
      body: 'Some *text*',
    });
    await expectStatus(200, 'GET', pulls);
    await expectStatus(200, 'GET', `${pulls}/1`);
    await expectStatus(200, 'PATCH', `${pulls}/1`, { title: 'One more' });
    await expectStatus(200, 'GET', `${pulls}/1/files`);
    await expectStatus(200, 'GET', `${repo}/commits/f%2Fone/pulls`);
    const reviewers = `${pulls}/1/requested_reviewers`;
    await expectStatus(201, 'POST', reviewers, {
      team_reviewers: ['checkout-team'],
    });
    await expectStatus(422, 'POST', reviewers, { team_reviewers: ['nobody'] });
    await expectStatus(200, 'POST', `${pulls}/1/reviews`, { body: 'Why?' });
    await expectStatus(200, 'GET', `${pulls}/1/reviews`);
    const issues = `${repo}/issues`;
    await expectStatus(200, 'GET', `${issues}/1/events`);
    await expectStatus(200, 'POST', `${issues}/1/labels`, {
      labels: ['rds-database', 'dev'],
    });
    await expectStatus(200, 'GET', `${pulls}?state=open&head=acme:f/one`);
    await expectStatus(200, 'DELETE', `${issues}/1/labels/dev`);
    const events = await expectStatus(200, 'GET', `${issues}/1/events`);
    expect(events.body.map((one: any) => one.event)).toEqual([
      'review_requested',
      'labeled',
      'labeled',
      'unlabeled',
    ]);
    await expectStatus(404, 'DELETE', `${issues}/1/labels/dev`);
    await expectStatus(201, 'POST', issues, {
      title: 'Drift',
      labels: ['drift'],
    });
    await expectStatus(422, 'POST', issues, { labels: ['drift'] });
    await expectStatus(200, 'GET', `${issues}?state=all`);
    await expectStatus(200, 'GET', `${issues}/2`);
    await expectStatus(200, 'PATCH', `${issues}/2`, { state: 'closed' });
    await expectStatus(200, 'PATCH', `${issues}/1`, { body: 'Another text' });
    const comment = await expectStatus(201, 'POST', `${issues}/1/comments`, {
      body: 'Looks good',
    });
    await expectStatus(200, 'GET', `${issues}/1/comments`);
    await expectStatus(200, 'PATCH', `${issues}/comments/${comment.body.id}`, {
      body: 'Looks better',
    });
    await expectStatus(409, 'PUT', `${pulls}/1/merge`, { sha: '0'.repeat(40) });
    await expectStatus(200, 'PUT', `${pulls}/1/merge`, {
      merge_method: 'squash',
    });
    await expectStatus(405, 'PUT', `${pulls}/1/merge`, {});
    await expectStatus(200, 'GET', `${pulls}/1`);
  });

  it('answers branches and their protection as described', async () => {
    await expectStatus(200, 'GET', `${repo}/activity?ref=main`);
    const branches = `${repo}/branches`;
    await expectStatus(200, 'GET', branches);
    await expectStatus(200, 'GET', `${branches}/main`);
    await expectStatus(404, 'GET', `${branches}/main/protection`);
    await expectStatus(404, 'PUT', `${branches}/nothing/protection`, {
      required_status_checks: null,
      enforce_admins: null,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    await expectStatus(422, 'PUT', `${branches}/main/protection`, {});
    await expectStatus(200, 'PUT', `${branches}/main/protection`, {
      required_status_checks: { strict: true, contexts: [] },
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    await expectStatus(
      200,
      'POST',
      `${branches}/main/protection/required_signatures`,
    );
    await expectStatus(200, 'GET', `${branches}/main/protection`);
    const rules = await expectStatus(200, 'GET', `${repo}/rules/branches/main`);
    expect(rules.body).toEqual([]);
    await expectStatus(200, 'GET', `${branches}/main`);
    await expectStatus(409, 'PUT', `${repo}/contents/c.md`, {
      message: 'past the protection',
      content: '',
    });
    await expectStatus(204, 'DELETE', `${branches}/main/protection`);
  });

  it('answers variables and secrets as described', async () => {
    const variables = `${repo}/actions/variables`;
    const name = { name: 'name', value: 'Ada' };
    await expectStatus(201, 'POST', variables, name);
    await expectStatus(409, 'POST', variables, name);
    await expectStatus(422, 'POST', variables, { name: 'a b', value: '' });
    await expectStatus(200, 'GET', variables);
    await expectStatus(200, 'GET', `${variables}/NAME`);
    await expectStatus(404, 'GET', `${variables}/OTHER`);

    const secrets = `${repo}/actions/secrets`;
    const key = await expectStatus(200, 'GET', `${secrets}/public-key`);
    const secret = await seal('a value', key);
    await expectStatus(200, 'GET', secrets);
    await expectStatus(201, 'PUT', `${secrets}/TOKEN`, secret);
    await expectStatus(204, 'PUT', `${secrets}/TOKEN`, secret);
    await expectStatus(422, 'PUT', `${secrets}/TOKEN`, {
      ...secret,
      encrypted_value: Buffer.from('not sealed').toString('base64'),
    });
    await expectStatus(201, 'PUT', `${repo}/actions/oidc/customization/sub`, {
      use_default: true,
    });
    await expectStatus(204, 'PUT', `${repo}/actions/permissions/access`, {
      access_level: 'organization',
    });
    for (const kind of ['variables', 'secrets']) {
      const none = await expectStatus(
        200,
        'GET',
        `${repo}/actions/organization-${kind}`,
      );
      expect(none.body).toEqual({ total_count: 0, [kind]: [] });
    }
  });

  it('answers what the server and its Actions are as described', async () => {
    await expectStatus(200, 'GET', '/meta');
    await expectStatus(200, 'GET', `${repo}/actions/permissions`);
  });

  it('answers what GITHUB_TOKEN may do in general as described', async () => {
    const path = `${repo}/actions/permissions/workflow`;
    const before = await expectStatus(200, 'GET', path);
    expect(before.body).toEqual({
      default_workflow_permissions: 'read',
      can_approve_pull_request_reviews: true,
    });
    await expectStatus(204, 'PUT', path, {
      can_approve_pull_request_reviews: false,
    });
    const after = await expectStatus(200, 'GET', path);
    expect(after.body).toEqual({
      default_workflow_permissions: 'read',
      can_approve_pull_request_reviews: false,
    });
  });

  it('answers workflows, runs and jobs as described', async () => {
    await github.write('acme/app', '.github/workflows/hello.yml', WORKFLOW);
    await github.github.actions.idle();
    const actions = `${repo}/actions`;
    const workflow = `${actions}/workflows/hello.yml`;
    await expectStatus(200, 'GET', workflow);
    await expectStatus(404, 'GET', `${actions}/workflows/nothing.yml`);
    const right = { ref: 'main', inputs: { environment: 'dev' } };
    await expectStatus(204, 'POST', `${workflow}/dispatches`, right);
    const run = await expectStatus(200, 'POST', `${workflow}/dispatches`, {
      ...right,
      return_run_details: true,
    });
    await expectStatus(422, 'POST', `${workflow}/dispatches`, { ref: 'main' });
    await expectStatus(422, 'POST', `${workflow}/dispatches`, {
      inputs: right.inputs,
    });
    await github.github.actions.idle();
    const id = run.body.workflow_run_id;
    await expectStatus(200, 'GET', `${workflow}/runs`);
    await expectStatus(200, 'GET', `${actions}/runs?event=push`);
    await expectStatus(200, 'GET', `${actions}/runs/${id}`);
    await expectStatus(404, 'GET', `${actions}/runs/0`);
    const jobs = await expectStatus(200, 'GET', `${actions}/runs/${id}/jobs`);
    const job = jobs.body.jobs[0].id;
    await expectStatus(302, 'GET', `${actions}/jobs/${job}/logs`);
  });

  it('answers environments as described', async () => {
    const environments = `${repo}/environments`;
    const one = `${environments}/prod%2Feu`;
    await expectStatus(200, 'GET', environments);
    await expectStatus(404, 'GET', one);
    await expectStatus(200, 'PUT', one);
    const none = await expectStatus(200, 'GET', one);
    expect(none.body).toMatchObject({
      name: 'prod/eu',
      deployment_branch_policy: null,
      protection_rules: [],
    });
    const user = await github.call('GET', '/users/backstage');
    const team = await github.call('GET', '/orgs/acme/teams/checkout-team');
    const rules = {
      prevent_self_review: true,
      reviewers: [
        { type: 'User', id: user.body.id },
        { type: 'Team', id: team.body.id },
      ],
      deployment_branch_policy: {
        protected_branches: false,
        custom_branch_policies: true,
      },
    };
    const put = await expectStatus(200, 'PUT', one, rules);
    expect(put.body.protection_rules).toMatchObject([
      {
        type: 'required_reviewers',
        prevent_self_review: true,
        reviewers: [
          { type: 'User', reviewer: { login: 'backstage' } },
          { type: 'Team', reviewer: { slug: 'checkout-team' } },
        ],
      },
      { type: 'branch_policy' },
    ]);
    await expectStatus(422, 'PUT', one, {
      ...rules,
      reviewers: [{ type: 'Team', id: user.body.id }],
    });
    await expectStatus(422, 'PUT', one, {
      deployment_branch_policy: {
        protected_branches: true,
        custom_branch_policies: true,
      },
    });
    await expectStatus(422, 'PUT', one, { wait_timer: 30 });

    const policies = `${one}/deployment-branch-policies`;
    await expectStatus(200, 'POST', policies, { name: 'main' });
    await expectStatus(303, 'POST', policies, { name: 'main' });
    await expectStatus(200, 'POST', policies, { name: 'main', type: 'tag' });
    const both = await expectStatus(200, 'GET', policies);
    expect(both.body).toMatchObject({
      total_count: 2,
      branch_policies: [
        { name: 'main', type: 'branch' },
        { name: 'main', type: 'tag' },
      ],
    });

    const variables = `${one}/variables`;
    await expectStatus(201, 'POST', variables, { name: 'level', value: '1' });
    await expectStatus(200, 'GET', variables);
    await expectStatus(200, 'GET', `${variables}/level`);
    await expectStatus(404, 'GET', `${variables}/other`);
    const secrets = `${one}/secrets`;
    const key = await expectStatus(200, 'GET', `${secrets}/public-key`);
    const secret = await seal('a value', key);
    await expectStatus(201, 'PUT', `${secrets}/TOKEN`, secret);
    await expectStatus(204, 'PUT', `${secrets}/TOKEN`, secret);
    const names = await expectStatus(200, 'GET', secrets);
    expect(names.body.secrets.map(({ name }: any) => name)).toEqual(['TOKEN']);
    expect(names.text).not.toContain('a value');

    await expectStatus(200, 'PUT', one, {
      deployment_branch_policy: {
        protected_branches: true,
        custom_branch_policies: false,
      },
    });
    await expectStatus(404, 'POST', policies, { name: 'x' });
    const kept = await expectStatus(200, 'GET', secrets);
    expect(kept.body.total_count).toBe(1);
  });

  it('answers deployments that wait for a review as described', async () => {
    const prod = { owner: 'acme', name: 'app' };
    await github.github.setEnvironment(prod, 'prod', {
      branches: ['main'],
      reviewers: { users: ['backstage'], teams: ['checkout-team'] },
    });
    await github.write('acme/app', '.github/workflows/deploy.yml', DEPLOY);
    const workflow = `${repo}/actions/workflows/deploy.yml`;
    const run = await expectStatus(200, 'POST', `${workflow}/dispatches`, {
      ref: 'main',
      return_run_details: true,
    });
    await github.github.actions.idle();
    const id = run.body.workflow_run_id;
    const waiting = await expectStatus(
      200,
      'GET',
      `${repo}/actions/runs/${id}`,
    );
    expect(waiting.body.status).toBe('waiting');
    await expectStatus(200, 'GET', `${repo}/actions/runs/${id}/jobs`);
    const pending = `${repo}/actions/runs/${id}/pending_deployments`;
    const [{ environment }] = (await expectStatus(200, 'GET', pending)).body;
    const review = {
      environment_ids: [environment.id],
      state: 'approved',
      comment: '',
    };
    await expectStatus(200, 'POST', pending, review);
    await expectStatus(422, 'POST', pending, review);
    await expectStatus(422, 'POST', pending, { ...review, state: 'perhaps' });
    await github.github.actions.idle();
  });

  it('gives an App tokens as described', async () => {
    const { appId, privateKey } = await github.github.createApp('golden-path');
    const { token } = await createAppToken({
      inputs: { 'app-id': String(appId), 'private-key': privateKey },
      apiUrl: github.github.apiUrl,
      repository: 'acme/app',
      signal: new AbortController().signal,
    });
    const authorization = `token ${token}`;
    await expectStatus(200, 'GET', repo, undefined, { authorization });
    await expectStatus(401, 'DELETE', '/installation/token');
    await expectStatus(204, 'DELETE', '/installation/token', undefined, {
      authorization,
    });
    await expectStatus(401, 'GET', repo, undefined, { authorization });
    await expectStatus(401, 'GET', '/app/installations');
    await expectStatus(401, 'GET', `${repo}/installation`);
  });

  it('deletes a repository', async () => {
    await expectStatus(204, 'DELETE', '/repos/backstage/mine');
    await expectStatus(404, 'GET', '/repos/backstage/mine');
  });

  it('has broken the description nowhere, and every operation was asked for', () => {
    const { violations, seen } = github.github.conformance!;
    const isInvalidRequest = (problem: string) =>
      problem.startsWith('the request is not as described');
    expect(
      violations.filter(({ problem }) => !isInvalidRequest(problem)),
    ).toEqual([]);
    const refused = violations.map(({ method, url }) => `${method} ${url}`);
    expect(refused.sort()).toEqual([
      'POST /orgs/acme/repos',
      expect.stringMatching(
        /^POST \S+\/actions\/runs\/\d+\/pending_deployments$/,
      ),
      `POST ${repo}/actions/workflows/hello.yml/dispatches`,
      `POST ${repo}/issues`,
      `PUT ${repo}/branches/main/protection`,
      `PUT ${repo}/contents/docs/a.md`,
    ]);
    expect([...seen.keys()].sort()).toEqual([...listed].sort());
  });

  it('notices an answer that is not as described, and a path that GitHub has and we have not', async () => {
    const { conformance } = github.github;
    conformance!.record(
      'PUT /repos/{owner}/{repo}/topics',
      { method: 'PUT', url: '/x' },
      { status: 200, body: { names: 'a' } },
    );
    await github.call('GET', `${repo}/stargazers`);
    expect(conformance!.violations.slice(-2)).toMatchObject([
      { problem: expect.stringContaining('body/names must be array') },
      { status: 404, problem: expect.stringContaining('no such operation') },
    ]);
  });
});
