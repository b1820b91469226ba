import { GitHubRepo, OctokitFor } from './client';
import { ignoreNotFound } from './repositories';

/**
 * Opens the files of a repository at a branch, tag or commit.
 *
 * @public
 */
export const createContents = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
  ref: string,
) => ({
  /** Reads a file's text; undefined when it doesn't exist. */
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
    return found && toText(found.data);
  },
  /** Lists the names of the files in a folder, links included; none when the folder doesn't exist. */
  files: async (path: string): Promise<string[]> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(
      octokit.rest.repos.getContent({ ...repo, path, ref }),
    );
    return Array.isArray(found?.data)
      ? found.data.filter(({ type }) => type !== 'dir').map(({ name }) => name)
      : [];
  },
});

const toText = (data: unknown): string =>
  data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
