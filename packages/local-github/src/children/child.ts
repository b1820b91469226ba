import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

type Exit = [code: number | null, signal: NodeJS.Signals | null];
type Output = 'stdout' | 'stderr';

interface Events {
  /** It runs. */
  spawn: [pid: number];
  /** It can't be started, or nothing more will be known of it. The last event. */
  error: [error: Error];
  /** It has ended; more of its output may come. */
  exit: Exit;
  /** It has ended, and all its output has been read. */
  close: Exit;
}

/** What a starter is to do, about one process. */
export interface Order {
  command?: { file: string; args: readonly string[]; options: object };
  input?: Buffer;
  isInputOver?: boolean;
  /** To stop reading, and to go on. */
  hold?: Output;
  release?: Output;
  signal?: NodeJS.Signals;
}

/** What a starter tells about one process. */
export interface News {
  pid?: number;
  error?: { message: string; code?: string };
  isInputTaken?: boolean;
  stdout?: Buffer;
  stderr?: Buffer;
  exit?: Exit;
  isClosed?: boolean;
}

/** A process that a starter has started, with the events and streams of node's ChildProcess. */
export class Child extends EventEmitter<Events> {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  private readonly held = new Set<Output>();
  private inputTaken?: () => void;
  private exit: Exit = [null, null];
  private isOver = false;

  constructor(private readonly order: (order: Order) => void) {
    super();
    this.stdin = new Writable({
      write: (input, _encoding, done) => {
        if (this.isOver) done();
        else {
          this.inputTaken = done;
          order({ input });
        }
      },
      final: done => {
        order({ isInputOver: true });
        done();
      },
    });
    this.stdout = this.createOutput('stdout');
    this.stderr = this.createOutput('stderr');
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.order({ signal });
  }

  take({ pid, error, isInputTaken, exit, isClosed, ...output }: News): void {
    if (this.isOver) return;
    if (pid !== undefined) this.emit('spawn', pid);
    if (error) this.fail(Object.assign(new Error(error.message), error));
    if (isInputTaken) this.takeMore();
    for (const name of ['stdout', 'stderr'] as const) {
      const chunk = output[name];
      if (chunk && !this[name].push(chunk)) {
        this.held.add(name);
        this.order({ hold: name });
      }
    }
    if (exit) {
      this.exit = exit;
      this.emit('exit', ...exit);
    }
    if (isClosed && !error) void this.close();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.end();
    this.emit('error', error);
  }

  private createOutput(name: Output): Readable {
    return new Readable({
      read: () => {
        if (this.held.delete(name)) this.order({ release: name });
      },
    });
  }

  private takeMore(): void {
    const done = this.inputTaken;
    this.inputTaken = undefined;
    done?.();
  }

  private end(): void {
    this.isOver = true;
    this.takeMore();
    this.stdout.push(null);
    this.stderr.push(null);
  }

  private async close(): Promise<void> {
    this.end();
    await Promise.allSettled([finished(this.stdout), finished(this.stderr)]);
    this.emit('close', ...this.exit);
  }
}
