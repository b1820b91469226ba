import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AddressInfo, connect, createServer, Socket } from 'node:net';
import type { Instance } from './instance';

/** A statement that changes something, or begins or ends such a change, as the server logs it on arrival. */
const CHANGING =
  /statement: (?:BEGIN|COMMIT|ROLLBACK|CREATE|ALTER|GRANT|REVOKE|COMMENT)/g;

/** Where to cut: once so many changing statements have come to the server, their last answer held back or the next request. */
export interface Cut {
  statements: number;
  at: 'answer' | 'request';
}

/**
 * A TCP proxy before an instance, which can end every connection at a chosen moment. TLS hides from it what is said, so
 * it counts the statements in the server's own log: whatever has been answered has been logged. With `at: 'answer'` the
 * server has done the statement and nobody hears of it; with `at: 'request'` all before was heard, and what the client
 * sends next never arrives.
 */
export const startProxy = async (instance: Instance) => {
  let cut: (Cut & { onCut?: () => void }) | undefined;
  let isCutting = false;
  let seen = 0;
  let position = 0;
  const sockets = new Set<Socket>();
  const log = openSync(instance.logFile, 'r');

  /** Counts what has been logged since it was last asked. */
  const count = () => {
    const { size } = fstatSync(log);
    const text = Buffer.alloc(size - position);
    readSync(log, text, 0, text.length, position);
    position = size;
    seen += text.toString('utf8').match(CHANGING)?.length ?? 0;
  };
  const endAll = () => {
    isCutting = true;
    cut?.onCut?.();
    for (const socket of sockets) socket.destroy();
  };

  const server = createServer(client => {
    if (isCutting) {
      client.destroy();
      return;
    }
    const upstream = connect(instance.port, 'localhost');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.end();
      });
    }
    client.on('data', chunk => {
      if (cut?.at === 'request' && seen >= cut.statements) endAll();
      else upstream.write(chunk);
    });
    upstream.on('data', chunk => {
      if (cut) count();
      if (cut?.at === 'answer' && seen >= cut.statements) endAll();
      else client.write(chunk);
    });
  });
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    port: (server.address() as AddressInfo).port,
    /** From now on. `onCut` is called before the connections end. */
    cutAt: (next: Cut, onCut?: () => void) => {
      cut = { ...next, onCut };
      isCutting = false;
      seen = 0;
      position = fstatSync(log).size;
    },
    /** Ends every connection at once. */
    cutNow: endAll,
    /** Whether the moment came since. From now on everything gets through. */
    heal: (): boolean => {
      const wasCut = isCutting;
      cut = undefined;
      isCutting = false;
      return wasCut;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      closeSync(log);
      await new Promise(done => {
        server.close(done);
      });
    },
  };
};
