import { ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { GIT_ENVIRONMENT } from './runGit';

/** How long an unused process waits for the next question, in milliseconds. */
const IDLE = 10_000;
const NEWLINE = 0x0a;

export interface GitObject {
  sha: string;
  type: string;
  content: Buffer;
}

/**
 * Reads objects of one bare repository through one `git cat-file --batch`, because starting git for each takes longer than
 * all else. Refs are read at each question.
 */
export class ObjectReader {
  private child?: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private readonly waiting: Array<{
    resolve(found: GitObject | undefined): void;
    reject(error: Error): void;
  }> = [];
  private idle?: NodeJS.Timeout;

  constructor(private readonly gitDir: string) {}

  /** @param name - as git takes it, `refs/heads/main^{commit}`. @returns undefined where there is no such object */
  read(name: string): Promise<GitObject | undefined> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    clearTimeout(this.idle);
    return new Promise((resolve, reject) => {
      this.child ??= this.start();
      this.waiting.push({ resolve, reject });
      this.child.ref();
      this.child.stdin.write(`${name}\n`);
    });
  }

  /** Ends the process; the next question starts another. */
  end(): void {
    clearTimeout(this.idle);
    this.child?.stdin.end();
    this.child = undefined;
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn('git', ['cat-file', '--batch'], {
      cwd: this.gitDir,
      env: { ...process.env, ...GIT_ENVIRONMENT, GIT_DIR: this.gitDir },
      stdio: 'pipe',
    });
    let stderr = '';
    const fail = (error: Error) => {
      if (this.child === child) this.child = undefined;
      this.received = Buffer.alloc(0);
      for (const { reject } of this.waiting.splice(0)) reject(error);
    };
    child.stderr.on('data', chunk => {
      stderr = `${stderr}${chunk}`.slice(-2000);
    });
    child.stdin.on('error', () => undefined);
    child.once('error', fail);
    child.once('close', code =>
      fail(new Error(`git cat-file ended (${code}): ${stderr.trim()}`)),
    );
    child.stdout.on('data', chunk => {
      this.received = Buffer.concat([this.received, chunk]);
      this.answer();
    });
    return child;
  }

  /** Answers are `<sha> <type> <size>`, the content and a newline; or the name and `missing` or `ambiguous`. */
  private answer(): void {
    for (;;) {
      const end = this.received.indexOf(NEWLINE);
      if (end < 0) return;
      const [, sha, type, size] =
        /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(
          this.received.toString('utf8', 0, end),
        ) ?? [];
      const length = sha === undefined ? 0 : Number(size) + 1;
      const start = end + 1;
      if (this.received.length < start + length) return;
      const content = this.received.subarray(start, start + length - 1);
      this.received = this.received.subarray(start + length);
      this.waiting
        .shift()
        ?.resolve(sha === undefined ? undefined : { sha, type, content });
      if (this.waiting.length === 0) this.rest();
    }
  }

  private rest(): void {
    this.child?.unref();
    this.idle = setTimeout(() => this.end(), IDLE).unref();
  }
}
