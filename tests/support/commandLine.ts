import { main } from '../../packages/cli/src';
import { createFolder } from './createFolder';
import type { Ended } from './startProgram';

/**
 * Runs the program in this process, with PATH and the given variables as its environment. A process of its own would
 * compile WebAssembly each time. Only one at a time: it writes to this process's outputs.
 */
export const runCommandLine = async (
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> => {
  const ended: Ended = { code: null, out: '', err: '' };
  ended.code = await runMain(args, env, (stream, text) => {
    ended[stream] += text;
  });
  return ended;
};

/** Runs the program in an empty folder with an empty environment; returns its output and exit code. */
export const runInEmptyFolder = async (args: string[]): Promise<string> => {
  const folder = createFolder();
  const before = process.cwd();
  let output = '';
  try {
    process.chdir(folder);
    const code = await runMain(args, {}, (_, text) => {
      output += text;
    });
    return `${output.split(folder).join('.')}(exit ${code})`;
  } finally {
    process.chdir(before);
  }
};

const runMain = async (
  args: string[],
  env: NodeJS.ProcessEnv,
  collect: (stream: 'out' | 'err', text: string) => void,
): Promise<number> => {
  const environment = jest.replaceProperty(process, 'env', {
    PATH: process.env.PATH,
    ...env,
  });
  const outputs = (
    [
      ['out', process.stdout],
      ['err', process.stderr],
    ] as const
  ).map(([name, stream]) => ({
    stream,
    listeners: stream.listeners('error'),
    write: jest.spyOn(stream, 'write').mockImplementation(text => {
      // Node's own warnings concern the whole test process, and come when they like.
      if (!String(text).startsWith(`(node:${process.pid}) `))
        collect(name, String(text));
      return true;
    }),
  }));
  const signals = (['SIGTERM', 'SIGINT'] as const).map(name => ({
    name,
    listeners: process.listeners(name),
  }));
  try {
    return await main(['node', 'goldenpath-rds', ...args]);
  } finally {
    environment.restore();
    for (const { name, listeners } of signals)
      for (const listener of process.listeners(name))
        if (!listeners.includes(listener)) process.off(name, listener);
    for (const { stream, listeners, write } of outputs) {
      write.mockRestore();
      // The program expects its own process and doesn't remove its listener.
      for (const listener of stream.listeners('error'))
        if (!listeners.includes(listener))
          stream.off('error', listener as () => void);
    }
  }
};
