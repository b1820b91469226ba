import { startChild } from '../children/startChild';

/** Git without the settings of whoever runs the platform. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Git has ended with another code than 0. */
export class GitError extends Error {
  constructor(
    readonly args: string[],
    readonly exitCode: number | null,
    readonly stderr: string,
  ) {
    super(
      `git ${args
        .filter(arg => !arg.startsWith('-'))
        .slice(0, 2)
        .join(' ')} failed (${exitCode}): ${stderr.trim()}`,
    );
    this.name = 'GitError';
  }
}

export interface GitOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
}

/**
 * Runs git and gives what it wrote to its output.
 * @throws GitError where it ends with another code than 0
 */
export const runGit = (
  cwd: string,
  args: string[],
  options: GitOptions = {},
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const child = startChild('git', args, {
      cwd,
      env: { ...process.env, ...GIT_ENVIRONMENT, ...options.env },
    });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', code =>
      code === 0
        ? resolve(Buffer.concat(out))
        : reject(new GitError(args, code, stderr)),
    );
    child.stdin.end(options.input);
  });
