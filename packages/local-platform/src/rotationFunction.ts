import { ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { RotationEvent } from '@goldenpath/local-secrets-manager';

/** As in platform/rotation/main.tf. */
const TIMEOUT_MS = 300_000;

/**
 * Runs a Lambda handler in a process of its own, which starts with the first event and is used again, as Lambda does.
 * @param options - `runner`: bin-shims/lambda.js. `file`: the module with `handler`. `env`: all its variables. `log`: takes each line that it prints.
 */
export const createRotationFunction = (options: {
  runner: string;
  file: string;
  env: Record<string, string | undefined>;
  log: (line: string) => void;
}) => {
  let child: ChildProcess | undefined;

  const start = (): ChildProcess => {
    const started = fork(options.runner, [options.file], {
      env: { PATH: process.env.PATH, ...options.env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [started.stdout, started.stderr])
      if (stream) createInterface(stream).on('line', options.log);
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    return started;
  };

  const invoke = (event: RotationEvent) =>
    new Promise<void>((done, fail) => {
      child ??= start();
      const worker = child;
      const id = randomUUID();
      const end = (then: () => void) => {
        clearTimeout(timer);
        worker.off('message', onMessage);
        worker.off('exit', onExit);
        then();
      };
      const onMessage = (answer: { id: string; error?: string }) => {
        if (answer.id !== id) return;
        end(() =>
          answer.error === undefined ? done() : fail(new Error(answer.error)),
        );
      };
      const onExit = (code: number | null) =>
        end(() => fail(new Error(`The rotation function exited: ${code}.`)));
      const timer = setTimeout(() => worker.kill('SIGKILL'), TIMEOUT_MS);
      worker.on('message', onMessage);
      worker.once('exit', onExit);
      worker.send({ id, event, timeoutMs: TIMEOUT_MS });
    });

  return {
    invoke,
    stop: async () => {
      const running = child;
      if (!running) return;
      await new Promise<void>(done => {
        running.once('exit', () => done());
        running.kill();
      });
    },
  };
};
