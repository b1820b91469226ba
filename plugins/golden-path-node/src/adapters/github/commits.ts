import { ConflictError } from '@backstage/errors';
import { GitHubRepo, OctokitFor } from './client';
import { createContents } from './contents';
import { readStatus } from './errors';

/** Attempts when other commits move the branch. */
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
  const readTip = async () => {
    const octokit = await octokitFor(repo);
    return (await octokit.rest.git.getRef({ ...repo, ref })).data.object.sha;
  };

  /** Creates a commit on `parent`, on no branch yet. */
  const writeCommit = async (
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

  /** Moves the branch to the commit. Returns false when the branch is no longer at `before`. */
  const moveBranch = async (before: string, sha: string): Promise<boolean> => {
    const octokit = await octokitFor(repo);
    try {
      await octokit.rest.git.updateRef({ ...repo, ref, sha, force: false });
      return true;
    } catch (error) {
      const now = await readTip();
      // GitHub executed the call, but its answer was lost.
      if (now === sha) return true;
      // Not a fast-forward. (A protected branch also answers 422, but has not moved.)
      if (readStatus(error) === 422 && now !== before) return false;
      throw error;
    }
  };

  return {
    /**
     * Edits files in one commit on the tip of the branch. Starts again on the new tip when the branch moved.
     * @param edit - maps the current texts (undefined for a missing file) to the new texts, by path
     * @returns the page of the commit; undefined when the edit changes nothing
     * @throws InputError or NotAllowedError when the branch may not be pushed to
     * @throws ConflictError when the branch moved during every attempt
     */
    edit: async (
      paths: readonly string[],
      message: string,
      edit: (
        texts: ReadonlyMap<string, string | undefined>,
      ) => ReadonlyMap<string, string>,
    ): Promise<string | undefined> => {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const before = await readTip();
        const { read } = createContents(octokitFor, repo, before);
        const texts = new Map<string, string | undefined>();
        for (const path of paths) texts.set(path, await read(path));
        const changed = new Map(
          [...edit(texts)].filter(([path, text]) => text !== texts.get(path)),
        );
        if (changed.size === 0) return undefined;
        const { sha, url } = await writeCommit(before, message, changed);
        if (await moveBranch(before, sha)) return url;
      }
      throw new ConflictError(
        `Could not commit to ${branch} of ${repo.owner}/${repo.repo}: the branch moved during all ${ATTEMPTS} attempts. Try again.`,
      );
    },
  };
};
