import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Child, News, Order } from './child';

/** How long a starter without work is kept, in milliseconds. */
const IDLE = 5_000;

export interface ChildOptions {
  cwd?: string;
  /** All of its environment. */
  env: NodeJS.ProcessEnv;
  /** Whether it leads a process group of its own. */
  detached?: boolean;
  /** Its input. Default: a pipe. */
  stdin?: 'ignore' | 'pipe';
}

/** A small process that starts others. */
class Starter {
  private readonly forked: ChildProcess;
  private readonly children = new Map<number, Child>();
  private lastId = 0;
  private idleTimer?: NodeJS.Timeout;

  /** @param onEnd - called when it takes no more commands */
  constructor(
    private readonly idle: number,
    private readonly onEnd: () => void,
  ) {
    this.forked = fork(require.resolve('../../bin/starter.js'), {
      serialization: 'advanced',
      execArgv: [],
      // Its children get theirs with each command; NODE_OPTIONS would make it a large process.
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // A terminal's Ctrl-C is for this process, which may have to wait for what it has started.
      detached: true,
    });
    this.forked.on('message', ({ id, ...news }: News & { id: number }) => {
      const child = this.children.get(id);
      if (!child) return;
      if (news.isClosed) this.forget(id);
      child.take(news);
    });
    this.forked.on('error', error => this.fail(error.message));
    this.forked.once('exit', (code, signal) =>
      this.fail(signal ?? `code ${code}`),
    );
  }

  start(command: NonNullable<Order['command']>): Child {
    clearTimeout(this.idleTimer);
    this.lastId += 1;
    const id = this.lastId;
    const child = new Child(order => {
      if (this.children.has(id))
        this.forked.send({ id, ...order }, () => undefined);
    });
    this.children.set(id, child);
    this.forked.ref();
    this.forked.channel?.ref();
    this.forked.send({ id, command }, () => undefined);
    return child;
  }

  /** Ends it, unless it has work. */
  async stop(): Promise<void> {
    if (this.children.size > 0) return;
    clearTimeout(this.idleTimer);
    this.onEnd();
    this.forked.ref();
    const ended = once(this.forked, 'exit');
    this.forked.disconnect();
    await ended;
  }

  private forget(id: number): void {
    this.children.delete(id);
    if (this.children.size > 0) return;
    this.forked.unref();
    this.forked.channel?.unref();
    this.idleTimer = setTimeout(() => void this.stop(), this.idle).unref();
  }

  private fail(reason: string): void {
    clearTimeout(this.idleTimer);
    this.onEnd();
    const lost = [...this.children.values()];
    this.children.clear();
    for (const child of lost)
      child.fail(new Error(`The process that starts others ended: ${reason}`));
  }
}

/** What starts programs from one small process, which ends after `idle` milliseconds without work, or by `stop`. */
export const createStarter = (idle = IDLE) => {
  let starter: Starter | undefined;

  const start = (
    file: string,
    args: readonly string[],
    { stdin = 'pipe', ...options }: ChildOptions,
  ): Child => {
    if (!starter) {
      const created: Starter = new Starter(idle, () => {
        if (starter === created) starter = undefined;
      });
      starter = created;
    }
    return starter.start({
      file,
      args,
      options: { ...options, stdio: [stdin, 'pipe', 'pipe'] },
    });
  };
  return { start, stop: async () => starter?.stop() };
};

const shared = createStarter();

/**
 * Starts a program as `spawn` of node:child_process does, but from a small process. To fork a large one, such as a worker of
 * Jest, copies its page tables, and each page that it writes to next: a quarter of the CPU time of tests that use git a lot.
 */
export const startChild = shared.start;

/** Ends the small process when nothing runs that it has started; the next start makes another. */
export const stopStarter = shared.stop;
