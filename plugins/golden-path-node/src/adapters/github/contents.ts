import { posix } from 'node:path';
import { createLinkError } from '../../infraRepo/decide/linkError';
import { GitHubRepo, OctokitFor } from './client';
import { ignoreNotFound } from './repositories';

/**
 * Opens the files of a repository at a branch, tag or commit. Symbolic links are refused, as in a clone.
 *
 * @public
 */
export const createContents = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
  ref: string,
) => {
  const list: (folder: string) => Promise<Entry[]> = rememberByPath(
    async folder => {
      const octokit = await octokitFor(repo);
      const found = await ignoreNotFound(
        octokit.rest.repos.getContent({ ...repo, path: folder, ref }),
      );
      if (Array.isArray(found?.data)) return found.data;
      if (found?.data.type === 'symlink')
        throw createLinkError(folder, found.data.target);
      // A link above it also hides it.
      if (!found && posix.dirname(folder) !== '.')
        await list(posix.dirname(folder));
      return [];
    },
  );
  /** GitHub reads the target of a link without a word. Its folder tells. */
  const refuseLink = async (path: string): Promise<void> => {
    const { dir, base } = posix.parse(path);
    if (dir === '') return;
    const entry = (await list(dir)).find(({ name }) => name === base);
    if (entry?.type === 'symlink') throw createLinkError(path);
  };
  return {
    /**
     * Reads a file's text; undefined when it doesn't exist.
     * @throws InputError when it or a folder above it is a symbolic link; one at the top of the repository isn't seen
     */
    read: async (path: string): Promise<string | undefined> => {
      const octokit = await octokitFor(repo);
      const found = await ignoreNotFound(
        octokit.rest.repos.getContent({
          ...repo,
          path,
          ref,
          // As JSON, a file over 1 MB would be empty.
          mediaType: { format: 'raw' },
        }),
      );
      await refuseLink(path);
      return found && toText(found.data);
    },
    /**
     * Lists the names of the files in a folder, links included; none when the folder doesn't exist.
     * @throws InputError when it or a folder above it is a symbolic link
     */
    files: async (path: string): Promise<string[]> =>
      (await list(path))
        .filter(({ type }) => type !== 'dir')
        .map(({ name }) => name),
  };
};

interface Entry {
  name: string;
  type: string;
}

const rememberByPath = <T>(load: (path: string) => Promise<T>) => {
  const known = new Map<string, T>();
  return async (path: string): Promise<T> => {
    const value = known.get(path) ?? (await load(path));
    known.set(path, value);
    return value;
  };
};

const toText = (data: unknown): string =>
  data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
