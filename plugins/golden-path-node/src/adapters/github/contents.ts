import { GitHubRepo, OctokitFor } from './client';
import { orUndefined } from './repositories';

/**
 * The files of a repository at a branch, tag or commit.
 *
 * @public
 */
export const createContents = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
  ref: string,
) => ({
  /** The file's text; undefined where there is none. */
  read: async (path: string): Promise<string | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await orUndefined(
      octokit.rest.repos.getContent({
        ...repo,
        path,
        ref,
        // As JSON a file over 1 MB comes empty.
        mediaType: { format: 'raw' },
      }),
    );
    return found && asText(found.data);
  },
});

const asText = (data: unknown): string =>
  data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data);
