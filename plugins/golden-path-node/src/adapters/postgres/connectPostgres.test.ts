import { AddressInfo, createServer } from 'node:net';
import { connectPostgres } from './connectPostgres';

const target = {
  host: 'localhost',
  port: 1,
  database: 'postgres',
  username: 'master',
  password: 'cAnArY',
  applicationName: 'test',
  isReadOnly: true,
};

describe('connectPostgres', () => {
  it.each([
    {
      host: 'nowhere.invalid',
      words: 'nowhere.invalid:1: no such host',
      reason: 'a name that nobody knows',
    },
    {
      host: 'localhost',
      words: 'localhost:1: nothing listens there',
      reason: 'a closed port',
    },
  ])('says in words: $reason', async ({ host, words }) => {
    const error = await connectPostgres()({ ...target, host }).catch(e => e);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('cAnArY');
  });

  it.each(['', 'nonsense'])('refuses %j as a CA', ca => {
    expect(() => connectPostgres({ ca })).toThrow('holds no certificate');
  });

  it('never goes on without TLS', async () => {
    let received = Buffer.alloc(0);
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.on('data', data => {
        received = Buffer.concat([received, data]);
        socket.write('N');
      });
    });
    await new Promise<void>(done => {
      server.listen(0, 'localhost', done);
    });
    try {
      const { port } = server.address() as AddressInfo;
      await expect(connectPostgres()({ ...target, port })).rejects.toThrow(
        'the server does not speak TLS',
      );
      expect(received.toString()).not.toContain('master');
    } finally {
      server.close();
    }
  });
});
