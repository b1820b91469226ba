import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JsonObject } from '@backstage/types';
import { createFolder } from '../createFolder';
import { freePorts, until } from '../platform';

const ROOT = resolve(__dirname, '../../..');
const TRANSFORM = join(
  dirname(require.resolve('@backstage/cli-node/package.json')),
  'config/nodeTransform.cjs',
);

/** A backend as a process of its own. */
export interface Replica {
  url: string;
  /** Everything it has printed. */
  log(): string;
  /** Resolves when it answers. @throws Error with its log when it ended */
  ready(): Promise<void>;
  /** @throws Error with its log when it ended */
  assertRunning(): void;
  /** Ends it at once with SIGKILL. */
  kill(): Promise<void>;
  /** Lets it end by itself with SIGTERM. */
  stop(): Promise<void>;
}

/** Starts a backend with this configuration; `listen` is added to it. */
export const startReplica = async (
  config: JsonObject & { backend: JsonObject },
  env: Record<string, string>,
): Promise<Replica> => {
  const [port] = await freePorts(1);
  const file = join(createFolder(), 'app-config.json');
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      backend: { ...config.backend, listen: { host: '127.0.0.1', port } },
    }),
    { mode: 0o600 },
  );
  const child = spawn(
    process.execPath,
    [
      ...['--require', TRANSFORM],
      join(__dirname, 'backend.ts'),
      ...['--config', file],
    ],
    {
      cwd: ROOT,
      // The guest provider signs in only during development.
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TMPDIR: process.env.TMPDIR,
        NODE_ENV: 'development',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  const collect = (chunk: Buffer) => {
    log += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  let isOver = false;
  const ended = new Promise<void>(done => {
    child.once('exit', () => {
      isOver = true;
      process.removeListener('exit', onExit);
      done();
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const assertRunning = () => {
    if (isOver) throw new Error(`The backend ended:\n${log.slice(-20_000)}`);
  };
  return {
    url,
    log: () => log,
    assertRunning,
    ready: async () => {
      await until(
        async () =>
          isOver || (await fetch(`${url}/.backstage/health/v1/readiness`)).ok,
        'the backend to be ready',
      );
      assertRunning();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};
