import { spawnSync } from 'node:child_process';

/** As long as GitHub's runner waits for hashFiles(). */
const TIMEOUT_MS = 120_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * Runs a program over GitHub's own @actions/glob in a process of its own, as on GitHub's runner: patterns start from a
 * process's working directory, and standard output belongs to the library's debug lines.
 * @param body - JavaScript of an async function with the library as `glob`; what it returns is the answer
 * @throws Error with what the process wrote last when it fails
 */
export const runGlob = (
  workspace: string,
  body: string,
  env: Record<string, string>,
): string => {
  const { status, output, stderr, error } = spawnSync(
    process.execPath,
    ['-e', program(body)],
    {
      cwd: workspace,
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      maxBuffer: LARGEST_ANSWER,
    },
  );
  if (status !== 0)
    throw new Error(error?.message ?? stderr.trim().split('\n').pop());
  return output[3] ?? '';
};

const program = (body: string): string => `
  const glob = require(${JSON.stringify(require.resolve('@actions/glob'))});
  (async () => { ${body} })().then(
    answer => {
      const text = Buffer.from(answer);
      let at = 0;
      while (at < text.length)
        at += require('node:fs').writeSync(3, text, at);
    },
    error => {
      process.stderr.write(error.message);
      process.exitCode = 1;
    },
  );
`;
