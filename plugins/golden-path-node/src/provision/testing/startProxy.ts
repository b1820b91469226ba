import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AddressInfo, connect, createServer, Socket } from 'node:net';
import type { Instance } from './instance';

/** A changing or transaction statement, as the server logs it on arrival. */
const CHANGING =
  /statement: (?:BEGIN|COMMIT|ROLLBACK|CREATE|ALTER|GRANT|REVOKE|COMMENT)/g;

/** Where to cut: after so many changing statements, either the last answer or the next request is dropped. */
export interface Cut {
  statements: number;
  at: 'answer' | 'request';
}

/**
 * A TCP proxy before an instance that can end every connection at a chosen statement. TLS hides the statements, so it
 * counts them in the server's log: the server logs before it answers. With `at: 'answer'` the server ran the statement
 * but its answer is lost; with `at: 'request'` every answer arrived and the next request is lost.
 */
export const startProxy = async (instance: Instance) => {
  let cut: (Cut & { onCut?: () => void }) | undefined;
  let isCutting = false;
  let seen = 0;
  let position = 0;
  const sockets = new Set<Socket>();
  const log = openSync(instance.logFile, 'r');

  /** Counts statements logged since the last call. */
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
    /** Returns whether the cut happened. Afterwards all traffic passes. */
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
