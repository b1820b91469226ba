import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { createOctokit } from './client';
import { createLabelReader } from './labelReader';

const repo = { owner: 'acme', repo: 'platform-infra' };
const REPO = '/repos/acme/platform-infra';
const HEAD = {
  ref: 'change',
  sha: 'abc',
  repo: { full_name: 'acme/fork' },
};
const TEAM = '/orgs/acme/teams/platform-team';

describe('labels over HTTP', () => {
  let server: Server;
  let calls: string[];
  let answers: Record<string, { status?: number; body?: unknown }>;

  beforeEach(async () => {
    calls = [];
    server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://localhost');
      const page = Number(url.searchParams.get('page') ?? 1);
      calls.push(`${url.pathname}${page > 1 ? ` page ${page}` : ''}`);
      const { status = 200, body = {} } = answers[url.pathname] ?? {
        status: 404,
      };
      const isPaged = Array.isArray(body);
      const rest = isPaged && body.length > page * 100;
      const next = `<http://${request.headers.host}${
        url.pathname
      }?per_page=100&page=${page + 1}>; rel="next"`;
      response
        .writeHead(status, {
          'content-type': 'application/json',
          ...(rest ? { link: next } : {}),
        })
        .end(
          JSON.stringify(
            isPaged ? body.slice((page - 1) * 100, page * 100) : body,
          ),
        );
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
  });
  afterEach(() => server.close());

  const reader = () => {
    const { port } = server.address() as AddressInfo;
    const octokit = createOctokit({
      apiUrl: `http://localhost:${port}`,
      token: 't',
    });
    return createLabelReader(async () => octokit, repo);
  };

  it('reads every page of the events', async () => {
    const seen = Array.from({ length: 205 }, (_, id) => ({
      id,
      event: 'mentioned',
      actor: { login: 'x' },
    }));
    const label = { name: 'rds-change-allowed', color: 'fff' };
    answers = {
      [`${REPO}/pulls/7`]: {
        body: {
          user: { login: 'jane' },
          labels: [label],
          head: HEAD,
          merged: false,
        },
      },
      [`${REPO}/issues/7/events`]: {
        body: [
          ...seen,
          { id: 301, event: 'unlabeled', label, actor: null, created_at: '2' },
          {
            id: 300,
            event: 'labeled',
            label,
            actor: { login: 'ann' },
            created_at: '1',
          },
        ],
      },
    };
    expect(await reader().readPullRequest(7)).toEqual({
      author: 'jane',
      labels: ['rds-change-allowed'],
      events: [
        { action: 'labeled', label: 'rds-change-allowed', by: 'ann', at: '1' },
        {
          action: 'unlabeled',
          label: 'rds-change-allowed',
          by: undefined,
          at: '2',
        },
      ],
      head: {
        branch: 'change',
        sha: 'abc',
        repository: 'acme/fork',
        isMerged: false,
      },
    });
    expect(calls.filter(call => call.includes('events'))).toHaveLength(3);
  });

  const pushTime = (pushes: unknown, repository?: string, isMerged = false) => {
    answers = { '/repos/acme/fork/activity': { body: pushes } };
    const head = { branch: 'change', sha: 'abc', repository, isMerged };
    return reader().readPushTime(head);
  };

  it('takes the time of the last push from the record of the branch', async () => {
    const push = { after: 'abc', timestamp: '2026-11-26T09:00:00Z' };
    expect(await pushTime([push], 'acme/fork')).toBe(push.timestamp);
    // A fork that is deleted, and a server without the record.
    expect(await pushTime([push])).toBeUndefined();
    expect(await pushTime([push], 'acme/other')).toBeUndefined();
  });

  it('takes the push of the merged tip, whatever came to the branch later', async () => {
    const push = { after: 'abc', timestamp: '2026-11-26T09:00:00Z' };
    const deleted = { after: '0'.repeat(40), timestamp: 'x' };
    expect(await pushTime([deleted, push], 'acme/fork', true)).toBe(
      push.timestamp,
    );
  });

  it('finds the merged pull request of a commit, in this repository only', async () => {
    const pull = (number: number, full_name: string, merged_at?: string) => ({
      number,
      merged_at: merged_at ?? null,
      base: { repo: { full_name } },
    });
    answers = {
      [`${REPO}/commits/abc/pulls`]: {
        body: [
          pull(1, 'acme/platform-infra'),
          pull(2, 'eve/infra', 'x'),
          pull(3, 'acme/platform-infra', 'x'),
        ],
      },
      [`${REPO}/commits/def/pulls`]: { body: [] },
    };
    expect(await reader().findMergedPull('abc')).toBe(3);
    expect(await reader().findMergedPull('def')).toBeUndefined();
  });

  it.each([[[{ after: 'def', timestamp: 'x' }]], [[]]])(
    'refuses a record that ends elsewhere: %j',
    async pushes => {
      await expect(pushTime(pushes, 'acme/fork')).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('run this again'),
      });
    },
  );

  const member = `${TEAM}/memberships/ann`;
  const role = `${REPO}/collaborators/ann/permission`;
  it.each<{
    reason: string;
    given: typeof answers;
    found: { may: boolean; by: 'team' | 'repository' };
  }>([
    {
      reason: 'a member',
      given: { [TEAM]: {}, [member]: { body: { state: 'active' } } },
      found: { may: true, by: 'team' },
    },
    {
      reason: 'one who is only invited',
      given: { [TEAM]: {}, [member]: { body: { state: 'pending' } } },
      found: { may: false, by: 'team' },
    },
    {
      reason: 'an administrator who is no member, where the team can be seen',
      given: { [TEAM]: {}, [role]: { body: { role_name: 'admin' } } },
      found: { may: false, by: 'team' },
    },
    ...['admin', 'maintain'].map(name => ({
      reason: `${name} where the token may not see the team`,
      given: { [TEAM]: { status: 403 }, [role]: { body: { role_name: name } } },
      found: { may: true, by: 'repository' as const },
    })),
    {
      reason: 'write where there is no team',
      given: { [role]: { body: { role_name: 'write', permission: 'admin' } } },
      found: { may: false, by: 'repository' },
    },
    {
      reason: 'a stranger where there is no team',
      given: {},
      found: { may: false, by: 'repository' },
    },
  ])('asks for $reason', async ({ given, found }) => {
    answers = given;
    expect(await reader().readApprover('ann', 'platform-team')).toEqual(found);
  });

  it('takes no failure of GitHub for an answer', async () => {
    answers = { [TEAM]: {}, [member]: { status: 403 } };
    await expect(
      reader().readApprover('ann', 'platform-team'),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
  });
});
