import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { createOctokit } from './client';
import { createPullRequests } from './pullRequests';

const repo = { owner: 'acme', repo: 'platform-infra' };
const BRANCH = 'database/dev/users_db';
const pull = {
  number: 7,
  html_url: 'http://github/acme/platform-infra/pull/7',
  title: 'a title',
  body: null,
  labels: [{ name: 'dev' }, {}],
};
const summary = {
  number: 7,
  url: pull.html_url,
  title: 'a title',
  body: '',
  labels: ['dev'],
};

describe('pull requests over HTTP', () => {
  let server: Server;
  let calls: Array<{ call: string; body: unknown }>;
  let answer: { status: number; body: unknown };

  beforeEach(async () => {
    calls = [];
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      calls.push({
        call: `${request.method} ${request.url}`,
        body: text ? JSON.parse(text) : undefined,
      });
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body));
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
  });
  afterEach(() => server.close());

  const pullRequests = () => {
    const { port } = server.address() as AddressInfo;
    const octokit = createOctokit({
      apiUrl: `http://localhost:${port}`,
      token: 't',
    });
    return createPullRequests(async () => octokit, repo);
  };

  it.each([
    { reason: 'one', body: [pull], found: summary },
    { reason: 'none', body: [], found: undefined },
  ])('finds $reason', async ({ body, found }) => {
    answer = { status: 200, body };
    expect(await pullRequests().findOpen(BRANCH, 'main')).toEqual(found);
    expect(calls[0].call).toBe(
      'GET /repos/acme/platform-infra/pulls?head=acme%3Adatabase%2Fdev%2Fusers_db&base=main&state=open',
    );
  });

  it('lists open ones from its own branches, not from forks', async () => {
    const own = { id: 1 };
    const from = (number: number, head: { id: number } | null) => ({
      ...pull,
      number,
      head: { ref: `database/dev/db_${number}`, repo: head },
      base: { ref: 'main', repo: own },
    });
    answer = {
      status: 200,
      body: [from(1, own), from(2, { id: 2 }), from(3, null)],
    };
    expect(await pullRequests().listOpen('main')).toEqual([
      { number: 1, url: pull.html_url, branch: 'database/dev/db_1', body: '' },
    ]);
    expect(calls[0].call).toBe(
      'GET /repos/acme/platform-infra/pulls?base=main&state=open&sort=created&direction=asc&per_page=100',
    );
  });

  it('creates, updates and labels', async () => {
    answer = { status: 201, body: pull };
    const text = { title: 'a title', body: 'a body' };
    expect(
      await pullRequests().create({ branch: BRANCH, base: 'main', ...text }),
    ).toEqual(summary);
    answer = { status: 200, body: pull };
    await pullRequests().update(7, text);
    answer = { status: 200, body: [] };
    await pullRequests().addLabels(7, ['dev']);
    expect(calls).toEqual([
      {
        call: 'POST /repos/acme/platform-infra/pulls',
        body: { head: BRANCH, base: 'main', ...text },
      },
      { call: 'PATCH /repos/acme/platform-infra/pulls/7', body: text },
      {
        call: 'POST /repos/acme/platform-infra/issues/7/labels',
        body: { labels: ['dev'] },
      },
    ]);
  });

  it('never retries a rejected write', async () => {
    answer = { status: 422, body: { message: 'Validation Failed' } };
    await expect(
      pullRequests().create({
        branch: BRANCH,
        base: 'main',
        title: '',
        body: '',
      }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('Validation Failed'),
    });
    expect(calls).toHaveLength(1);
  });
});
