import { ChildProcess, spawn } from 'node:child_process';

/** How a program ended, and what it printed. */
export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Starts a program whose environment is PATH and the given variables. */
export const startProgram = (
  file: string,
  args: string[],
  { cwd, env }: { cwd?: string; env: NodeJS.ProcessEnv },
): { child: ChildProcess; ended: Promise<Ended>; text(): string } => {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', chunk => {
    texts.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    texts.err += chunk;
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail);
    child.on('close', code => done({ code, ...texts }));
  });
  return { child, ended, text: () => texts.out + texts.err };
};
