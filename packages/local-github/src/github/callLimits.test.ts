import { AddressInfo } from 'node:net';
import { createServer, Server } from 'node:http';
import express from 'express';
import { createCallLimiter } from './callLimits';

describe('the secondary rate limits', () => {
  let now: number;
  let limiter: ReturnType<typeof createCallLimiter>;
  let server: Server;

  beforeEach(async () => {
    now = 0;
    limiter = createCallLimiter(() => now);
    const app = express();
    app.use(limiter.handler);
    app.use((_, response) => response.sendStatus(200));
    server = createServer(app);
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const call = async (
    method: string,
    token = 'token a',
    path = '/api/v3/x',
  ) => {
    const { port } = server.address() as AddressInfo;
    const { status, headers } = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: token },
    });
    return headers.has('retry-after')
      ? `${status} after ${headers.get('retry-after')}`
      : status;
  };
  const calls = async (...methods: string[]) => {
    const answers = [];
    for (const method of methods) answers.push(await call(method));
    return answers;
  };

  it('are off unless they are turned on, and count in any case', async () => {
    expect(await calls(...Array(100).fill('POST'))).toEqual(
      Array(100).fill(200),
    );
    expect(limiter.countOf('a')).toEqual({
      reads: 0,
      writes: 100,
      rejected: 0,
    });
  });

  it('reject writes until the oldest one leaves the window', async () => {
    limiter.limit('a', { content: 2, points: 900, windowMs: 60_000 });
    now = 10_000;
    expect(await calls('POST', 'GET', 'PUT', 'PATCH')).toEqual([
      200,
      200,
      200,
      '403 after 60',
    ]);
    now = 69_500;
    expect(await calls('DELETE', 'GET')).toEqual(['403 after 1', 200]);
    now = 70_001;
    expect(await calls('DELETE')).toEqual([200]);
    expect(limiter.countOf('a')).toEqual({ reads: 2, writes: 3, rejected: 2 });
  });

  it('reject reads, too, when all points are spent', async () => {
    limiter.limit('a', { content: 80, points: 11, windowMs: 60_000 });
    expect(await calls('POST', 'GET', 'POST', 'GET')).toEqual([
      200,
      200,
      200,
      '403 after 60',
    ]);
  });

  it('are those of one token, and not of git', async () => {
    limiter.limit('a', { content: 1, points: 900, windowMs: 60_000 });
    expect(await calls('POST', 'POST')).toEqual([200, '403 after 60']);
    expect(await call('POST', 'Bearer b')).toBe(200);
    expect(
      await call('POST', 'token a', '/acme/app.git/git-receive-pack'),
    ).toBe(200);
  });
});
