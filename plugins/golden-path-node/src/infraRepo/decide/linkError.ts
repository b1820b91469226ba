import { FileError } from './fileError';

/**
 * Creates the error for a symbolic link in the infra repo. No command follows one: a commit has only the link's text, and
 * its target may be outside the repo.
 */
export const createLinkError = (path: string, target?: string): FileError =>
  new FileError([
    {
      path,
      line: 1,
      column: 1,
      reason: `this is a symbolic link${
        target === undefined ? '' : ` to ${JSON.stringify(target)}`
      }, and symbolic links are not followed, because a commit doesn't have what they point to. Replace it with the file or folder itself.`,
    },
  ]);

/** Lists a path and the folders above it, from the top; none for the top itself. */
export const listPathPrefixes = (path: string): string[] => {
  const parts = path.split('/').filter(part => !['', '.'].includes(part));
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
};
