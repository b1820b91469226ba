import { ConflictError } from '@backstage/errors';
import { GitHubRepo, OctokitFor } from './client';
import { createContents } from './contents';
import { statusOf } from './errors';

/** How often somebody else may be faster before we give up. */
const ATTEMPTS = 5;

/**
 * Commits to one branch of a repository.
 *
 * @public
 */
export const createCommits = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
  branch: string,
) => {
  const ref = `heads/${branch}`;
  const tip = async () => {
    const octokit = await octokitFor(repo);
    return (await octokit.rest.git.getRef({ ...repo, ref })).data.object.sha;
  };

  /** A commit on `parent` that no branch has yet. */
  const write = async (
    parent: string,
    message: string,
    files: Map<string, string>,
  ) => {
    const { git } = (await octokitFor(repo)).rest;
    const base = await git.getCommit({ ...repo, commit_sha: parent });
    const tree = await git.createTree({
      ...repo,
      base_tree: base.data.tree.sha,
      tree: [...files].map(([path, content]) => ({
        path,
        mode: '100644',
        type: 'blob',
        content,
      })),
    });
    const { data } = await git.createCommit({
      ...repo,
      message,
      tree: tree.data.sha,
      parents: [parent],
    });
    return { sha: data.sha, url: data.html_url };
  };

  /** Whether the branch took the commit; no where it has moved on from `before`. */
  const move = async (before: string, sha: string): Promise<boolean> => {
    const octokit = await octokitFor(repo);
    try {
      await octokit.rest.git.updateRef({ ...repo, ref, sha, force: false });
      return true;
    } catch (error) {
      const now = await tip();
      // The answer got lost on its way.
      if (now === sha) return true;
      // Not a fast forward; a branch that is protected has not moved.
      if (statusOf(error) === 422 && now !== before) return false;
      throw error;
    }
  };

  return {
    /**
     * Edits files in one commit on the tip of the branch, and begins anew on the new tip where somebody else was faster.
     * @param edit - from the texts (undefined where there is no such file) to the texts that are to be, by path
     * @returns the page of the commit; undefined where the edit changes nothing
     * @throws InputError or NotAllowedError where the branch may not be pushed to
     * @throws ConflictError where others were faster every time
     */
    edit: async (
      paths: readonly string[],
      message: string,
      edit: (
        texts: ReadonlyMap<string, string | undefined>,
      ) => ReadonlyMap<string, string>,
    ): Promise<string | undefined> => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const before = await tip();
        const { read } = createContents(octokitFor, repo, before);
        const texts = new Map<string, string | undefined>();
        for (const path of paths) texts.set(path, await read(path));
        const changed = new Map(
          [...edit(texts)].filter(([path, text]) => text !== texts.get(path)),
        );
        if (changed.size === 0) return undefined;
        const { sha, url } = await write(before, message, changed);
        if (await move(before, sha)) return url;
      }
      throw new ConflictError(
        `Could not commit to ${branch} of ${repo.owner}/${repo.repo}: others were faster ${ATTEMPTS} times. Try again.`,
      );
    },
  };
};
