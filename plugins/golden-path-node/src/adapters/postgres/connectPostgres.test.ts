import { AddressInfo, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { listening } from '../../testing/listening';
import type { ConnectTarget } from '../../provision/ports';
import { connectPostgres } from './connectPostgres';

const target: ConnectTarget = {
  host: 'localhost',
  port: 1,
  database: 'postgres',
  username: 'master',
  password: 'cAnArY',
  applicationName: 'test',
  settings: 'own',
};

describe('connectPostgres', () => {
  it.each([
    {
      host: 'nowhere.invalid',
      words: "nowhere.invalid:1: can't resolve the host",
      reason: 'an unknown host',
    },
    {
      host: 'localhost',
      words: 'localhost:1: connection refused',
      reason: 'a closed port',
    },
  ])('explains $reason', async ({ host, words }) => {
    const error = await connectPostgres()({ ...target, host }).catch(e => e);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('cAnArY');
  });

  it.each(['', 'nonsense'])('rejects %j as a CA, naming its file', ca => {
    expect(() => connectPostgres({ ca, caFile: 'rds.pem' })).toThrow(
      'The CA file rds.pem holds no certificate.',
    );
  });

  it('never connects without TLS', async () => {
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
        'the server does not support TLS',
      );
      expect(received.toString()).not.toContain('master');
    } finally {
      server.close();
    }
  });

  it('times out on a port that never answers', async () => {
    await listening(
      () => undefined,
      port =>
        expect(
          connectPostgres({ timeoutMs: 100 })({ ...target, port }),
        ).rejects.toThrow(
          `localhost:${port}: no answer within 0.1 s. Check the instance's security group`,
        ),
    );
  });

  it.each([
    { answer: '', reason: 'the server has not answered' },
    { answer: 'S', reason: 'TLS is not through' },
  ])('stops at once while $reason', async ({ answer }) => {
    const stop = new AbortController();
    let hasEnded = false;
    await listening(
      socket => {
        socket.on('close', () => {
          hasEnded = true;
        });
        // The bytes after the answer start TLS.
        socket.once('data', () => {
          socket.write(answer);
          if (answer === '') stop.abort();
          else socket.once('data', () => stop.abort());
        });
      },
      async port => {
        await expect(
          connectPostgres()({ ...target, port, signal: stop.signal }),
        ).rejects.toMatchObject({
          name: 'ServiceUnavailableError',
          message: `localhost:${port}: stopped while connecting. Run it again.`,
        });
        // The server's socket closes too.
        while (!hasEnded) await new Promise(setImmediate);
      },
    );
  });

  it('opens no connection after a stop', async () => {
    await expect(
      connectPostgres()({ ...target, signal: AbortSignal.abort() }),
    ).rejects.toThrow('localhost:1: stopped while connecting.');
  });

  it('reports that another program than PostgreSQL listens', async () => {
    await listening(
      socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      port =>
        expect(connectPostgres()({ ...target, port })).rejects.toThrow(
          'what listens there is not PostgreSQL. Check host and port.',
        ),
    );
  });

  const day = 24 * 60 * 60 * 1000;
  it.each([
    {
      name: 'db.example.com',
      from: -day,
      to: day,
      words: "the server's certificate is for another host",
      reason: 'a certificate for another host',
    },
    {
      name: 'localhost',
      from: -2 * day,
      to: -day,
      words: "the server's certificate is not valid now (CERT_HAS_EXPIRED)",
      reason: 'a certificate that has expired',
    },
  ])('rejects $reason', async ({ name, from, to, words }) => {
    const { cert, private: key } = await generate(
      [{ name: 'commonName', value: name }],
      {
        keySize: 2048,
        notBeforeDate: new Date(Date.now() + from),
        notAfterDate: new Date(Date.now() + to),
        extensions: [
          { name: 'basicConstraints', cA: true },
          { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
        ],
      },
    );
    let received = '';
    await listening(
      socket =>
        socket.once('data', () => {
          socket.write('S');
          const secure = new TLSSocket(socket, { isServer: true, cert, key });
          secure.on('error', () => undefined);
          secure.on('data', data => {
            received += data;
          });
        }),
      async port => {
        const error = await connectPostgres({ ca: cert })({
          ...target,
          port,
        }).catch(e => e);
        expect(error.name).toBe('ServiceUnavailableError');
        expect(error.message).toContain(`localhost:${port}: ${words}`);
      },
    );
    expect(received).toBe('');
  });
});
