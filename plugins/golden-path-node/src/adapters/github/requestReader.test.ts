import { createActions, startGitHub } from '@goldenpath/local-github';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOctokit } from './client';
import { createRequestReader, RequestReader } from './requestReader';
import { createRunReader } from './runReader';

const REPO = { owner: 'acme', name: 'infra' };
const repo = { owner: 'acme', repo: 'infra' };

describe("a request's pull requests, reviews and issues on GitHub", () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-requests-'));
  let github: Awaited<ReturnType<typeof startGitHub>>;
  let statuses: number[];
  let reader: RequestReader;
  let octokitOf: (login: string) => Promise<ReturnType<typeof createOctokit>>;

  beforeAll(async () => {
    github = await startGitHub({
      port: 0,
      stateDir: folder,
      conformance: true,
      actions: deps =>
        createActions({
          ...deps,
          workRoot: join(folder, 'runs'),
          runnerEnv: { PATH: process.env.PATH ?? '' },
        }),
    });
    await github.createOrganisation('acme');
    await github.createRepository('acme', 'infra', { 'a.md': 'a\n' });
    for (const login of ['jane', 'rita', 'tom'])
      await github.addCollaborator(REPO, login, 'write');
    octokitOf = async login =>
      createOctokit({
        apiUrl: github.apiUrl,
        token: await github.createUserToken(login),
      });
    const octokit = await octokitOf('jane');
    statuses = [];
    octokit.hook.after('request', ({ status }) => {
      statuses.push(status);
    });
    octokit.hook.error('request', error => {
      statuses.push((error.cause as { status: number }).status);
      throw error;
    });
    reader = createRequestReader(async () => octokit, repo);
  });
  afterAll(async () => {
    await github.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const openPull = async (branch: string) => {
    const { rest } = await octokitOf('jane');
    const { data: main } = await rest.git.getRef({
      ...repo,
      ref: 'heads/main',
    });
    await rest.git.createRef({
      ...repo,
      ref: `refs/heads/${branch}`,
      sha: main.object.sha,
    });
    await rest.repos.createOrUpdateFileContents({
      ...repo,
      path: `${branch.replaceAll('/', '-')}.md`,
      message: 'Add',
      content: Buffer.from('x\n').toString('base64'),
      branch,
    });
    const { data } = await rest.pulls.create({
      ...repo,
      title: branch,
      head: branch,
      base: 'main',
    });
    return data.number;
  };
  const review = async (
    login: string,
    number: number,
    event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT',
  ) =>
    (await octokitOf(login)).rest.pulls.createReview({
      ...repo,
      pull_number: number,
      event,
      body: 'x',
    });

  it('follows one from open to merged', async () => {
    const branch = 'database/dev/users_db';
    expect(await reader.newestPullRequest(branch, 'main')).toBeUndefined();
    const number = await openPull(branch);
    const opened = await reader.newestPullRequest(branch, 'main');
    expect(opened).toMatchObject({
      number,
      branch,
      state: 'open',
      isDraft: false,
      mergeCommit: undefined,
    });
    expect((await reader.openPullRequests('main')).items).toEqual([opened]);
    const { headCommit } = opened!;
    expect(await reader.mergeability(number)).toEqual({
      hasConflict: false,
      isClean: true,
    });

    await review('rita', number, 'REQUEST_CHANGES');
    await review('tom', number, 'COMMENT');
    await review('rita', number, 'APPROVE');
    await review('rita', number, 'COMMENT');
    expect(await reader.reviews(number, headCommit)).toEqual([
      { by: 'rita', state: 'approved', at: expect.any(String) },
    ]);
    expect(await reader.reviews(number, 'a later commit')).toEqual([]);

    const { rest } = await octokitOf('rita');
    const { data } = await rest.pulls.merge({ ...repo, pull_number: number });
    expect(await reader.newestPullRequest(branch, 'main')).toMatchObject({
      state: 'merged',
      mergeCommit: data.sha,
      mergedAt: expect.any(String),
    });
    expect((await reader.openPullRequests('main')).items).toEqual([]);
    const runs = createRunReader(async () => octokitOf('jane'), repo);
    expect(await runs.ofPush(data.sha)).toEqual([]);
    expect(await runs.get(77)).toBeUndefined();
  });

  it('asks for a list with its tag, and takes it again where nothing changed', async () => {
    const before = await reader.openPullRequests('main');
    statuses.length = 0;
    expect(await reader.openPullRequests('main', before)).toBe(before);
    expect(statuses).toEqual([304]);
    const number = await openPull('database/dev/orders_db');
    const after = await reader.openPullRequests('main', before);
    expect(after.items.map(one => one.number)).toEqual([number]);
    expect(statuses.at(-1)).toBe(200);
  });

  it('lists open issues by label, and none where the repository has none', async () => {
    const { rest } = await octokitOf('jane');
    await rest.issues.create({
      ...repo,
      title: 'RDS drift in dev',
      body: 'x',
      labels: ['rds-drift', 'dev'],
    });
    await rest.issues.create({ ...repo, title: 'Else', labels: ['bug'] });
    const { items } = await reader.openIssues('rds-drift');
    expect(items).toMatchObject([
      {
        title: 'RDS drift in dev',
        body: 'x',
        labels: ['rds-drift', 'dev'],
        author: 'jane',
      },
    ]);
    await rest.issues.update({
      ...repo,
      issue_number: items[0].number,
      state: 'closed',
    });
    expect((await reader.openIssues('rds-drift')).items).toEqual([]);
  });

  it.each([
    ['a member approves', {}, ['approved']],
    ['an owner approves', { author_association: 'OWNER' }, ['approved']],
    ['a collaborator', { author_association: 'COLLABORATOR' }, ['approved']],
    ['a stranger approves', { author_association: 'NONE' }, []],
    ['a contributor', { author_association: 'CONTRIBUTOR' }, []],
    ['a bot approves', { user: { login: 'x[bot]', type: 'Bot' } }, []],
    ['another commit', { commit_id: 'old' }, []],
    [
      'changes of another commit',
      { commit_id: 'old', state: 'CHANGES_REQUESTED' },
      ['changes_requested'],
    ],
    [
      'a stranger requests changes',
      { author_association: 'NONE', state: 'CHANGES_REQUESTED' },
      [],
    ],
  ])('counts a review: %s', async (_, rest, states) => {
    const octokit = createOctokit({ apiUrl: github.apiUrl, token: 'x' });
    octokit.hook.wrap('request', async () => ({
      status: 200,
      url: '',
      headers: {},
      data: [
        {
          user: { login: 'rita', type: 'User' },
          state: 'APPROVED',
          submitted_at: '2026-11-26T10:00:00Z',
          commit_id: 'head',
          author_association: 'MEMBER',
          ...rest,
        },
      ],
    }));
    const found = await createRequestReader(async () => octokit, repo).reviews(
      1,
      'head',
    );
    expect(found.map(({ state }) => state)).toEqual(states);
  });
});
