import { main } from '../../packages/cli/src';
import { createFolder } from './createFolder';

/** Runs the program in an empty folder with an empty environment; returns its output and exit code. */
export const runInEmptyFolder = async (args: string[]): Promise<string> => {
  const folder = createFolder();
  const before = process.cwd();
  const environment = jest.replaceProperty(process, 'env', {
    PATH: process.env.PATH,
  });
  let output = '';
  const outputs = [process.stdout, process.stderr].map(stream => ({
    stream,
    listeners: stream.listeners('error'),
    write: jest.spyOn(stream, 'write').mockImplementation(text => {
      // Node's own warnings concern the whole test process, and come when they like.
      if (!String(text).startsWith(`(node:${process.pid}) `))
        output += String(text);
      return true;
    }),
  }));
  try {
    process.chdir(folder);
    const code = await main(['node', 'goldenpath-rds', ...args]);
    return `${output.split(folder).join('.')}(exit ${code})`;
  } finally {
    process.chdir(before);
    environment.restore();
    for (const { stream, listeners, write } of outputs) {
      write.mockRestore();
      // The program expects its own process and doesn't remove its listener.
      for (const listener of stream.listeners('error'))
        if (!listeners.includes(listener))
          stream.off('error', listener as () => void);
    }
  }
};
