import { ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { SecretsAddress } from './secrets';

const ROOT = resolve(__dirname, '../..');

/** The ports and the folder of one platform; a second start with the same place uses the same state. */
export interface Place {
  stateDir: string;
  ports: {
    backstage: number;
    github: number;
    secretsManager: number;
    postgres: number;
  };
}

export interface RunningPlatform extends Place {
  pid: number;
  backstage: string;
  github: string;
  githubApi: string;
  githubToken: string;
  secretsManager: SecretsAddress;
  /** What the program printed so far. */
  output(): string;
  /** Sends a signal to the program's process group, as a terminal's Ctrl-C does with SIGINT, and waits for its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Below the ephemeral ports of the system, which could give one to another test before it is used. */
const FIRST_PORT = 15_000;
const PORTS = 15_000;

/** Ports that are free right now. */
export const freePorts = async (count: number): Promise<number[]> => {
  const found = new Set<number>();
  while (found.size < count) {
    const port = FIRST_PORT + randomInt(PORTS);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
};

/** The first of some neighbouring ports that are free right now: PostgreSQL takes one for each environment. */
const freePortsInARow = async (count: number): Promise<number> => {
  for (;;) {
    const first = FIRST_PORT + PORTS + randomInt(1_500);
    const row = Array.from({ length: count }, (_, i) => first + i);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return first;
  }
};

const isFree = (port: number) =>
  new Promise<boolean>(done => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, 'localhost', () => server.close(() => done(true)));
  });

export const newPlace = async (): Promise<Place> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'golden-path-'));
  // As root, PostgreSQL runs as another user, who must be able to read the folder.
  chmodSync(stateDir, 0o755);
  const [backstage, github, secretsManager] = await freePorts(3);
  const postgres = await freePortsInARow(ENVIRONMENTS.length);
  return { stateDir, ports: { backstage, github, secretsManager, postgres } };
};

export const removePlace = (place: Place) =>
  rmSync(place.stateDir, { recursive: true, force: true });

/** Starts the program without waiting for anything. */
export const spawnPlatform = (
  place: Place,
  by: 'node' | 'make' = 'node',
): {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
} => {
  let text = '';
  const [program, args] =
    by === 'make'
      ? [
          'make',
          [
            '--no-print-directory',
            // A newer package-lock.json would have make replace node_modules below the running tests.
            '--old-file=node_modules/.package-lock.json',
            'start',
          ],
        ]
      : [
          process.execPath,
          [join(ROOT, 'packages/local-platform/bin/local-platform.js')],
        ];
  const child = spawn(program, args, {
    cwd: ROOT,
    // Its own process group, as a terminal creates for a command.
    detached: true,
    env: {
      ...process.env,
      // With Jest's value, Backstage would behave as in a test.
      NODE_ENV: 'development',
      // The variables of the make that runs the tests must not reach the make under test.
      MAKEFLAGS: '',
      MAKELEVEL: '',
      GOLDENPATH_STATE_DIR: place.stateDir,
      PORT: String(place.ports.backstage),
      GITHUB_PORT: String(place.ports.github),
      SECRETS_MANAGER_PORT: String(place.ports.secretsManager),
      POSTGRES_PORT: String(place.ports.postgres),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const onExit = () => child.kill('SIGTERM');
  process.once('exit', onExit);
  const ended = new Promise<number | null>(done => {
    child.once('exit', code => {
      process.removeListener('exit', onExit);
      done(code);
    });
  });
  return { child, output: () => text, ended };
};

/** The platform of `make start`, on its own ports. */
export const startPlatform = async (
  place: Place,
  by: 'node' | 'make' = 'node',
): Promise<RunningPlatform> => {
  const { child, output, ended } = spawnPlatform(place, by);
  let code: number | null | undefined;
  void ended.then(result => {
    code = result;
  });
  await until(
    () => output().includes('Ready.') || code !== undefined,
    'the platform to be ready',
  );
  if (code !== undefined)
    throw new Error(`The platform ended with ${code}:\n${output()}`);
  const readToken = (name: string) =>
    readFileSync(join(place.stateDir, name), 'utf8');
  const github = `http://localhost:${place.ports.github}`;
  return {
    ...place,
    pid: child.pid!,
    backstage: `http://localhost:${place.ports.backstage}`,
    github,
    githubApi: `${github}/api/v3`,
    githubToken: readToken('github-token'),
    secretsManager: {
      url: `http://localhost:${place.ports.secretsManager}`,
      accessKeyId: readToken('aws-access-key-id'),
    },
    output,
    stop: async (signal = 'SIGINT') => {
      if (code === undefined) process.kill(-child.pid!, signal);
      return ended;
    },
  };
};

/** Ten times the usual time of the slowest wait. */
const PATIENCE_MS = 1_800_000;

/** Polls until a condition is true. @throws Error that names the condition and the last error. */
export const until = async <T>(
  ask: () => T | Promise<T>,
  what: string,
): Promise<NonNullable<T>> => {
  const deadline = Date.now() + PATIENCE_MS;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise(done => {
      setTimeout(done, 200);
    });
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s for ${what}.`, {
    cause: last,
  });
};
