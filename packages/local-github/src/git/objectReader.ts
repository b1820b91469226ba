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

/** One `git cat-file --batch` with the questions that it has not answered yet. */
interface Session {
  child: ChildProcessWithoutNullStreams;
  received: Buffer;
  waiting: Array<{
    resolve(found: GitObject | undefined): void;
    reject(error: Error): void;
  }>;
}

/**
 * Reads objects of one bare repository through one `git cat-file --batch`, because starting git for each takes longer than
 * all else. Refs are read at each question.
 */
export class ObjectReader {
  private session?: Session;
  private idle?: NodeJS.Timeout;

  /** @param idleTime - in milliseconds; the process ends when it was unused for so long */
  constructor(
    private readonly gitDir: string,
    private readonly idleTime = IDLE,
  ) {}

  /** @param name - as git takes it, `refs/heads/main^{commit}`. @returns undefined where there is no such object */
  read(name: string): Promise<GitObject | undefined> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    clearTimeout(this.idle);
    return new Promise((resolve, reject) => {
      this.session ??= this.start();
      const { child, waiting } = this.session;
      waiting.push({ resolve, reject });
      child.ref();
      child.stdin.write(`${name}\n`);
    });
  }

  /** Ends the process once it has answered; the next question starts another. */
  end(): void {
    clearTimeout(this.idle);
    this.session?.child.stdin.end();
    this.session = undefined;
  }

  private start(): Session {
    const child = spawn('git', ['cat-file', '--batch'], {
      cwd: this.gitDir,
      env: { ...process.env, ...GIT_ENVIRONMENT, GIT_DIR: this.gitDir },
      stdio: 'pipe',
    });
    const session: Session = { child, received: Buffer.alloc(0), waiting: [] };
    let stderr = '';
    const fail = (error: Error) => {
      if (this.session === session) this.session = undefined;
      for (const { reject } of session.waiting.splice(0)) reject(error);
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
      session.received = Buffer.concat([session.received, chunk]);
      answer(session);
      if (session.waiting.length === 0) this.rest(session);
    });
    return session;
  }

  private rest(session: Session): void {
    session.child.unref();
    if (this.session !== session) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), this.idleTime).unref();
  }
}

/** Answers are `<sha> <type> <size>`, the content and a newline; or the name and `missing` or `ambiguous`. */
const answer = (session: Session): void => {
  for (;;) {
    const { received, waiting } = session;
    const end = received.indexOf(NEWLINE);
    if (end < 0) return;
    const [, sha, type, size] =
      /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(received.toString('utf8', 0, end)) ??
      [];
    const length = sha === undefined ? 0 : Number(size) + 1;
    const start = end + 1;
    if (received.length < start + length) return;
    const content = received.subarray(start, start + length - 1);
    session.received = received.subarray(start + length);
    waiting
      .shift()
      ?.resolve(sha === undefined ? undefined : { sha, type, content });
  }
};
