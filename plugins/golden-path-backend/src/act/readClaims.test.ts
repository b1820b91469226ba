import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReadClaims } from './readClaims';

const claim = (n: number, rest: object = {}) => ({
  requestId: `dev-d${n}_db`,
  taskId: `t${n}`,
  state: 'held',
  createdAt: '2026-11-24T10:00:00.000Z',
  updatedAt: new Date(Date.UTC(2026, 10, 24, 10, 0, n)).toISOString(),
  request: {
    environment: 'dev',
    databaseName: `d${n}_db`,
    owner: 'payments',
    component_id: 'user-service',
    username: 'users_app',
    requestedBy: 'jane',
    description: 'canary',
  },
  ...rest,
});

/** A scaffolder with these claims, a thousand an answer. */
const read = async (claims: object[], status = 200) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const since = new URL(request.url!, 'http://x').searchParams.get('since')!;
    asked.push(since);
    response.writeHead(status, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        claims: claims
          .filter(one => (one as { updatedAt: string }).updatedAt >= since)
          .slice(0, 1000),
      }),
    );
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    const found = await createReadClaims({
      auth: {
        getOwnServiceCredentials: async () => ({
          $$type: '@backstage/BackstageCredentials',
          principal: { type: 'service', subject: 'golden-path' },
        }),
        getPluginRequestToken: async () => ({ token: 'token' }),
      },
      discovery: { getBaseUrl: async () => `http://127.0.0.1:${port}` },
    })(0);
    return { asked, found };
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

describe('the claims of the scaffolder', () => {
  it('are read page by page', async () => {
    const { asked, found } = await read(
      Array.from({ length: 2500 }, (_, n) => claim(n)),
    );
    expect(found?.size).toBe(2500);
    expect(asked).toHaveLength(3);
    expect(JSON.stringify([...found!])).not.toContain('canary');
  });

  it("count by the newest change, without other tasks' and apps'", async () => {
    const again = { requestId: 'dev-d1_db', taskId: 't9' };
    const { found } = await read([
      claim(1),
      claim(2, { ...again, state: 'freed' }),
      claim(3, { state: 'taken_over' }),
      claim(4, { request: undefined }),
    ]);
    expect([...found!].map(([id, { value }]) => [id, value?.taskId])).toEqual([
      ['dev-d1_db', 't9'],
    ]);
  });

  it('have no link that a browser must not follow', async () => {
    const { found } = await read([
      claim(1, { pullRequestUrl: 'javascript:alert(1)' }),
      claim(2, { pullRequestUrl: 'https://github.com/acme/infra/pull/2' }),
    ]);
    expect([...found!.values()].map(one => one.value?.pullRequestUrl)).toEqual([
      undefined,
      'https://github.com/acme/infra/pull/2',
    ]);
  });

  it('are none of a scaffolder without the route', async () => {
    expect((await read([], 404)).found).toBeUndefined();
  });

  it('fail where the scaffolder fails', async () => {
    await expect(read([], 500)).rejects.toThrow('500');
  });
});
