import { ChildProcess, spawn } from 'node:child_process';
import { freePorts, until } from './platform';

/**
 * Runs the cloned app under gunicorn while `use` works with its URL.
 * @returns what it printed
 */
export const runApp = async (
  python: string,
  folder: string,
  env: Record<string, string>,
  use: (url: string) => Promise<void>,
): Promise<string> => {
  const [port] = await freePorts(1);
  let output = '';
  const app: ChildProcess = spawn(
    python,
    [
      '-m',
      'gunicorn',
      ...['--bind', `127.0.0.1:${port}`],
      ...['--workers', '1'],
      'app:app',
    ],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  app.stdout!.on('data', collect);
  app.stderr!.on('data', collect);
  const ended = new Promise(done => {
    app.once('exit', done);
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await until(
      async () => (await fetch(`${url}/health`)).ok,
      'the app to answer',
    ).catch(cause => {
      throw new Error(`The app did not start:\n${output}`, { cause });
    });
    await use(url);
  } finally {
    app.kill('SIGTERM');
    await ended;
  }
  return output;
};
