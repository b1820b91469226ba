import { spawn } from 'node:child_process';
import { ForwardedError, InputError } from '@backstage/errors';

export interface GitOptions {
  input?: string;
  /** The pathspecs have magic, such as `:(exclude)`. */
  isMagic?: boolean;
  env?: NodeJS.ProcessEnv;
}

/** git ended with a failure. */
export class GitError extends InputError {
  constructor(
    readonly command: string,
    readonly code: number | null,
    /** What it wrote to stderr, without credentials. */
    readonly said: string,
    /** What it wrote to stdout. */
    readonly out: string,
  ) {
    super(`git ${command} failed with ${code}: ${said}`);
    this.name = 'InputError';
  }
}

/** Runs git in a clone and gives what it wrote to its output. @throws GitError if it fails */
export const runGit = (
  cwd: string,
  args: string[],
  { input = '', env, isMagic }: GitOptions,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd,
      // No prompts on a terminal; pathspecs are literal paths unless the caller writes magic ones.
      env: {
        ...env,
        GIT_TERMINAL_PROMPT: '0',
        GIT_LITERAL_PATHSPECS: isMagic ? '0' : '1',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    child.on('error', error =>
      reject(
        new ForwardedError(`Could not run git ${args[0]} in ${cwd}`, error),
      ),
    );
    child.on('close', code => {
      if (code === 0) {
        resolve(Buffer.concat(out));
        return;
      }
      // A remote's URL may carry credentials.
      const said = Buffer.concat(err)
        .toString()
        .trim()
        .replace(/\/\/[^/@\s]+@/g, '//***@');
      reject(new GitError(args[0], code, said, Buffer.concat(out).toString()));
    });
    // git may exit before it has read all input; its exit code decides.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
