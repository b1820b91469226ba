import { AddressInfo, createServer, Socket } from 'node:net';

/** A listener on a free port of `localhost`, for as long as the test asks it. */
export const listening = async (
  onConnection: (socket: Socket) => void,
  test: (port: number) => Promise<void>,
): Promise<void> => {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    onConnection(socket);
  });
  await new Promise<void>(done => {
    server.listen(0, 'localhost', done);
  });
  try {
    await test((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
};
