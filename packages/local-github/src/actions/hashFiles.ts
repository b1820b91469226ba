import { runGlob } from './globProcess';

const FOLLOW_LINKS = '--follow-symbolic-links';

/**
 * The expression function hashFiles(): one SHA-256 over those of all matching files, empty where none matches.
 * @throws Error that names the patterns when it fails
 */
export const hashFiles = (workspace: string, patterns: string[]): string => {
  const followSymbolicLinks = patterns[0]?.toLowerCase() === FOLLOW_LINKS;
  try {
    return runGlob(workspace, HASH, {
      patterns: patterns.slice(followSymbolicLinks ? 1 : 0).join('\n'),
      followSymbolicLinks: String(followSymbolicLinks),
    });
  } catch (error) {
    throw new Error(
      `hashFiles(${patterns
        .map(pattern => `'${pattern}'`)
        .join(', ')}) failed in ${workspace}: ${(error as Error).message}`,
    );
  }
};

const HASH = `
  return glob.hashFiles(process.env.patterns, process.cwd(), {
    followSymbolicLinks: process.env.followSymbolicLinks === 'true',
  });
`;
