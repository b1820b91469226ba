import { spawnSync } from 'node:child_process';

const FOLLOW_LINKS = '--follow-symbolic-links';

/**
 * The expression function hashFiles(): one SHA-256 over those of all matching files, empty where none matches. GitHub's
 * own @actions/glob reads the patterns, in a process of its own as on GitHub's runner: patterns start from a process's
 * working directory.
 * @throws Error with what the process wrote last when it fails
 */
export const hashFiles = (workspace: string, patterns: string[]): string => {
  const followSymbolicLinks = patterns[0]?.toLowerCase() === FOLLOW_LINKS;
  const { status, output, stderr, error } = spawnSync(
    process.execPath,
    ['-e', PROGRAM],
    {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        patterns: patterns.slice(followSymbolicLinks ? 1 : 0).join('\n'),
        followSymbolicLinks: String(followSymbolicLinks),
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    },
  );
  if (status !== 0)
    throw new Error(
      `hashFiles(${patterns
        .map(pattern => `'${pattern}'`)
        .join(', ')}) failed in ${workspace}: ${
        error?.message ?? stderr.trim().split('\n').pop()
      }`,
    );
  return output[3] ?? '';
};

/** As on GitHub's runner. */
const TIMEOUT_MS = 120_000;

/** Standard output belongs to the library's debug lines, so the hash goes to a pipe of its own. */
const PROGRAM = `
  require(${JSON.stringify(require.resolve('@actions/glob'))})
    .hashFiles(process.env.patterns, process.cwd(), {
      followSymbolicLinks: process.env.followSymbolicLinks === 'true',
    })
    .then(
      hash => require('node:fs').writeSync(3, hash),
      error => {
        process.stderr.write(error.message);
        process.exitCode = 1;
      },
    );
`;
