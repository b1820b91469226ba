import { AddressInfo, connect, createServer, Socket } from 'node:net';

/** A TCP endpoint before a server, which can name another server and lose connections in all ways. */
export const startEndpoint = async (first: number) => {
  let target = first;
  let isMute = false;
  const clients = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(target, 'localhost');
    clients.add(client);
    const forward = (from: Socket, to: Socket) => {
      from.on('error', () => undefined);
      from.on('data', chunk => {
        if (!isMute) to.write(chunk);
      });
      from.on('close', () => {
        clients.delete(from);
        if (!isMute) to.end();
      });
    };
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    switchTo: (port: number) => {
      target = port;
    },
    /** Ends every connection with RST. */
    reset: () => {
      for (const client of clients) client.resetAndDestroy();
    },
    /** Drops all bytes in silence, until `heal`. */
    mute: () => {
      isMute = true;
    },
    heal: () => {
      isMute = false;
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await new Promise(done => {
        server.close(done);
      });
    },
  };
};
