import { ChildProcess, fork } from 'node:child_process';
import { Child, News, Request } from './child';

/** How long a starter without work is kept, in milliseconds. */
const IDLE = 5_000;

/** A small process that starts others. */
class Starter {
  private readonly process: ChildProcess;
  private readonly children = new Map<number, Child>();
  private started = 0;
  private idle?: NodeJS.Timeout;

  /** @param onEnd - called when it takes no more commands */
  constructor(private readonly onEnd: (starter: Starter) => void) {
    this.process = fork(require.resolve('../../bin/starter.js'), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A terminal's Ctrl-C is for this process, which may have to wait for what it has started.
      detached: true,
    });
    this.process.on('message', ({ id, ...news }: News & { id: number }) => {
      this.children.get(id)?.take(news);
      if (news.isClosed) this.forget(id);
    });
    this.process.once('error', error => this.fail(error.message));
    this.process.once('exit', (code, signal) => this.fail(code ?? signal));
  }

  start(command: NonNullable<Request['command']>): Child {
    clearTimeout(this.idle);
    this.started += 1;
    const id = this.started;
    const ask = (request: Request, done?: () => void) => {
      if (!this.children.has(id)) done?.();
      else this.process.send({ id, ...request }, () => done?.());
    };
    const child = new Child(ask);
    this.children.set(id, child);
    this.process.ref();
    this.process.channel?.ref();
    ask({ command });
    return child;
  }

  private forget(id: number): void {
    this.children.delete(id);
    if (this.children.size > 0) return;
    this.process.unref();
    this.process.channel?.unref();
    this.idle = setTimeout(() => {
      this.onEnd(this);
      this.process.disconnect();
    }, IDLE).unref();
  }

  private fail(reason: unknown): void {
    clearTimeout(this.idle);
    this.onEnd(this);
    const error = new Error(`The process that starts others ended: ${reason}`);
    for (const child of this.children.values()) child.emit('error', error);
    this.children.clear();
  }
}

let starter: Starter | undefined;

/**
 * Starts a program as `spawn` of node:child_process does, but from a small process. To fork a large one, such as a worker of
 * Jest, costs 10 to 20 ms of CPU time: its page tables are copied, and so is each page that it writes to next.
 */
export const startChild = (
  file: string,
  args: readonly string[],
  options: {
    cwd?: string;
    /** All of its environment. */
    env: NodeJS.ProcessEnv;
    /** Whether it leads a process group of its own. */
    detached?: boolean;
  },
): Child => {
  starter ??= new Starter(ended => {
    if (starter === ended) starter = undefined;
  });
  return starter.start({ file, args, options });
};
