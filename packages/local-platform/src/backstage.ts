import { ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, resolve } from 'node:path';

export interface Backstage {
  /** Resolves when the process ends, however it ends. */
  ended: Promise<number | null>;
  /** Resolves when Backstage answers or is stopped; rejects when it ends before that or takes too long. */
  ready(timeoutMs: number, isStopWanted: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the Backstage backend, which also serves the built app, in its own process group: a Ctrl-C reaches only the
 * platform, which then stops its parts in order.
 */
export const startBackstage = (options: {
  root: string;
  url: string;
  logFile: string;
  env: Record<string, string>;
}): Backstage => {
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  const transform = resolve(
    dirname(require.resolve('@backstage/cli-node/package.json')),
    'config/nodeTransform.cjs',
  );
  const child = spawn(
    process.execPath,
    [
      '--require',
      transform,
      'src/index.ts',
      '--config',
      resolve(options.root, 'app-config.yaml'),
    ],
    {
      cwd: resolve(options.root, 'packages/backend'),
      // Its guest sign-in is for development only.
      env: { ...process.env, NODE_ENV: 'development', ...options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const ended = new Promise<number | null>(done => {
    child.once('error', () => done(null));
    child.once('exit', code => done(code));
  });

  return {
    ended,
    ready: async (timeoutMs, isStopWanted) => {
      const deadline = Date.now() + timeoutMs;
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (!isOver && Date.now() < deadline) {
        if (isStopWanted()) return;
        const answer = await fetch(
          `${options.url}/.backstage/health/v1/readiness`,
        ).catch(() => undefined);
        if (answer?.ok) return;
        await sleep(200);
      }
      throw new Error(
        isOver
          ? `Backstage ended before it was ready. The reason is at the end of ${options.logFile}.`
          : `Backstage was not ready after ${timeoutMs / 1000} s. Its log is ${
              options.logFile
            }.`,
      );
    },
    stop: () => stopGroup(child, ended),
  };
};

/** Ends a process group: SIGTERM, and SIGKILL after ten seconds. */
const stopGroup = async (child: ChildProcess, ended: Promise<unknown>) => {
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, name);
    } catch {
      // It has already ended.
    }
  };
  signal('SIGTERM');
  const insist = setTimeout(() => signal('SIGKILL'), 10_000);
  await ended;
  clearTimeout(insist);
};
