import type { TextFile } from '@goldenpath/plugin-golden-path-node';
import type { Terminal } from './terminal';

/** Changes files in place and prints their paths. @param nothingToDo - printed when there is none */
export const changeFiles = async (
  { out }: Terminal,
  files: { replace(file: TextFile): Promise<void> },
  changes: readonly TextFile[],
  nothingToDo: string,
): Promise<void> => {
  for (const change of changes) {
    await files.replace(change);
    out(`Changed ${change.path}.`);
  }
  if (changes.length === 0) out(nothingToDo);
};
