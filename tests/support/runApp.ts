import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, until } from './platform';

interface LogLine {
  message: string;
  level: string;
  path?: string;
  status?: number;
  detail?: string;
  /** At debug, of `/ready`. */
  database?: string;
  user?: string;
}
export interface RunningApp {
  url: string;
  ask(path: string): Promise<{ status: number; body: Record<string, string> }>;
  /** Everything it wrote. */
  output(): string;
  /** What it logged on stdout: one object a line. */
  log(): LogLine[];
  /** As Kubernetes ends a pod. @returns the exit code */
  terminate(): Promise<number | null>;
  /** As the kernel ends it when memory runs out: gunicorn and its workers, at once. */
  kill(): Promise<number | null>;
}

/**
 * Starts an app in a folder as its Dockerfile does, on a port of this machine, and waits until it answers.
 * @param args - more arguments of gunicorn
 */
export const startApp = async (
  python: string,
  folder: string,
  env: Record<string, string>,
  args: string[] = [],
): Promise<RunningApp> => {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const command: string[] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const app: ChildProcess = spawn(
    python,
    ['-B', '-m', ...command, '--bind', `127.0.0.1:${port}`, ...args],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  app.stdout!.on('data', chunk => out.push(chunk));
  app.stderr!.on('data', chunk => err.push(chunk));
  const ended = new Promise<number | null>(done => {
    app.once('close', done);
  });
  const output = () => Buffer.concat([...out, ...err]).toString();
  await until(
    async () => (await fetch(`${url}/health`)).ok,
    'the app to answer',
  ).catch(cause => {
    app.kill('SIGKILL');
    throw new Error(`The app did not start:\n${output()}`, { cause });
  });
  return {
    url,
    ask: async path => {
      const answer = await fetch(`${url}${path}`);
      return {
        status: answer.status,
        body: (await answer.json()) as Record<string, string>,
      };
    },
    output,
    log: () =>
      Buffer.concat(out)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
    terminate: () => {
      app.kill('SIGTERM');
      return ended;
    },
    kill: () => {
      const workers = spawnSync('pgrep', ['-P', String(app.pid)], {
        encoding: 'utf8',
      }).stdout;
      for (const pid of [app.pid!, ...workers.split('\n').filter(Boolean)])
        process.kill(Number(pid), 'SIGKILL');
      return ended;
    },
  };
};

/**
 * Runs the cloned app while `use` works with its URL.
 * @returns what it printed
 */
export const runApp = async (
  python: string,
  folder: string,
  env: Record<string, string>,
  use: (url: string) => Promise<void>,
): Promise<string> => {
  const app = await startApp(python, folder, env);
  try {
    await use(app.url);
  } finally {
    await app.terminate();
  }
  return app.output();
};
