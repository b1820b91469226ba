import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

type Ended = [code: number | null, signal: NodeJS.Signals | null];

interface Events {
  /** It runs. */
  start: [pid: number];
  /** It can't be started, or nothing is known of it any more. */
  error: [error: Error];
  /** It has ended; more of its output may come. */
  exit: Ended;
  /** It has ended, and all its output has been read. */
  close: Ended;
}

/** What a starter is asked to do to a process. */
export interface Request {
  command?: { file: string; args: readonly string[]; options: object };
  input?: Buffer;
  isInputOver?: boolean;
  signal?: NodeJS.Signals;
}

/** What a starter tells about a process. */
export interface News {
  pid?: number;
  error?: { message: string; code?: string };
  exit?: Ended;
  isClosed?: boolean;
  stdout?: Buffer;
  stderr?: Buffer;
}

/** A process that a starter has started: what node's own ChildProcess is for a process of ours. */
export class Child extends EventEmitter<Events> {
  readonly stdin: Writable;
  readonly stdout = new Readable({ read: () => undefined });
  readonly stderr = new Readable({ read: () => undefined });
  private ended: Ended = [null, null];

  /** @param ask - calls back when the starter can take more */
  constructor(
    private readonly ask: (request: Request, done?: () => void) => void,
  ) {
    super();
    this.stdin = new Writable({
      write: (input, _encoding, done) => ask({ input }, done),
      final: done => ask({ isInputOver: true }, done),
    });
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.ask({ signal });
  }

  take({ pid, error, exit, isClosed, ...output }: News): void {
    if (pid !== undefined) this.emit('start', pid);
    if (error)
      this.emit('error', Object.assign(new Error(error.message), error));
    if (output.stdout) this.stdout.push(output.stdout);
    if (output.stderr) this.stderr.push(output.stderr);
    if (exit) {
      this.ended = exit;
      this.emit('exit', ...exit);
    }
    if (isClosed) void this.close();
  }

  private async close(): Promise<void> {
    const streams = [this.stdout, this.stderr];
    streams.forEach(stream => stream.push(null));
    await Promise.allSettled(streams.map(stream => finished(stream)));
    this.emit('close', ...this.ended);
  }
}
