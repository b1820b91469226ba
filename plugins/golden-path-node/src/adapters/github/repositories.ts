import { ConflictError, InputError } from '@backstage/errors';
import { GitHubRepo, OctokitFor } from './client';
import { readInvalidFields, readStatus, withoutRepetition } from './errors';

/** @public */
export interface Repository {
  /** Its page. */
  url: string;
  cloneUrl: string;
  defaultBranch: string;
  homepage: string | undefined;
  createdAt: Date;
}

/** @public */
export interface NewRepository {
  description: string | undefined;
  homepage: string;
  visibility: 'public' | 'private' | 'internal';
}

/**
 * A commit on a branch.
 *
 * @public
 */
export interface BranchCommit {
  id: string;
  treeId: string;
  parents: string[];
  message: string;
  authorEmail: string | undefined;
  committerEmail: string | undefined;
}

const HISTORY_LENGTH = 100;

/**
 * Reads, creates and protects repositories. Sends every write once.
 *
 * @public
 */
export const createRepositories = (octokitFor: OctokitFor) => ({
  /** Undefined when the repository doesn't exist, or the credentials can't see it. */
  get: async (repo: GitHubRepo): Promise<Repository | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(octokit.rest.repos.get({ ...repo }));
    return found && toRepository(found.data);
  },

  /** Reads the last 100 commits of a branch, newest first; none when the branch doesn't exist. */
  history: async (
    repo: GitHubRepo,
    branch: string,
  ): Promise<BranchCommit[]> => {
    const octokit = await octokitFor(repo);
    try {
      const { data } = await octokit.rest.repos.listCommits({
        ...repo,
        sha: branch,
        per_page: HISTORY_LENGTH,
      });
      return data.map(({ sha, parents, commit }) => ({
        id: sha,
        treeId: commit.tree.sha,
        parents: parents.map(parent => parent.sha),
        message: commit.message,
        authorEmail: commit.author?.email,
        committerEmail: commit.committer?.email,
      }));
    } catch (error) {
      // 409: the repository is empty.
      if ([404, 409].includes(readStatus(error) ?? 0)) return [];
      throw error;
    }
  },

  /** Whether there are branches besides this one. */
  hasOtherBranches: async (
    repo: GitHubRepo,
    branch: string,
  ): Promise<boolean> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.repos.listBranches({
      ...repo,
      per_page: 2,
    });
    return data.some(({ name }) => name !== branch);
  },

  /**
   * Creates an empty repository.
   * @throws ConflictError when GitHub refuses the name; most often it exists already
   * @throws InputError when it refuses something else
   * @throws ServiceUnavailableError when it is unknown whether GitHub created it
   */
  create: async (
    { owner, repo }: GitHubRepo,
    { visibility, ...settings }: NewRepository,
  ): Promise<Repository> => {
    const octokit = await octokitFor({ owner, repo });
    const body = {
      name: repo,
      ...settings,
      // `visibility` wins where GitHub knows it.
      private: visibility !== 'public',
      // It would put the commits of a pull request on main one by one; only the last of them was reviewed.
      allow_rebase_merge: false,
    };
    const account = await octokit.rest.users.getByUsername({ username: owner });
    if (account.data.type === 'Organization') {
      const { data } = await octokit
        .request('POST /orgs/{org}/repos', {
          org: owner,
          ...body,
          // GitHub Enterprise has `internal` too; octokit's types don't.
          ...({ visibility } as object),
        })
        .catch(throwNameConflict);
      return toRepository(data);
    }
    const user = await octokit.rest.users.getAuthenticated();
    if (user.data.login.toLowerCase() !== owner.toLowerCase()) {
      throw new InputError(
        `GitHub creates repositories of the personal account "${owner}" only with its own credentials; these are of "${user.data.login}". Set goldenPath.app.owner to an organization.`,
      );
    }
    const { data } = await octokit.rest.repos
      .createForAuthenticatedUser(body)
      .catch(throwNameConflict);
    return toRepository(data);
  },

  /** Requires a pull request for every change of the branch, whose last push someone else approved. May be sent again. */
  protect: async (repo: GitHubRepo, branch: string): Promise<void> => {
    const octokit = await octokitFor(repo);
    await octokit.rest.repos.updateBranchProtection({
      ...repo,
      branch,
      required_status_checks: { strict: true, contexts: [] },
      restrictions: null,
      enforce_admins: true,
      required_pull_request_reviews: {
        required_approving_review_count: 1,
        require_code_owner_reviews: false,
        dismiss_stale_reviews: true,
        require_last_push_approval: true,
      },
      required_conversation_resolution: false,
      required_linear_history: false,
      block_creations: false,
    });
  },

  /** Removes the protection of a branch; nothing happens when it has none. */
  unprotect: async (repo: GitHubRepo, branch: string): Promise<void> => {
    const octokit = await octokitFor(repo);
    await ignoreNotFound(
      octokit.rest.repos.deleteBranchProtection({ ...repo, branch }),
    );
  },
});
/** @public */
export type Repositories = ReturnType<typeof createRepositories>;

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
const throwNameConflict = (error: Error): never => {
  const isName = readInvalidFields(error).includes('name');
  throw isName
    ? withoutRepetition(new ConflictError(error.message, error.cause as Error))
    : error;
};

const toRepository = (data: {
  html_url: string;
  clone_url: string;
  default_branch: string;
  homepage?: string | null;
  created_at: string | null;
}): Repository => ({
  url: data.html_url,
  cloneUrl: data.clone_url,
  defaultBranch: data.default_branch,
  homepage: data.homepage ?? undefined,
  createdAt: new Date(data.created_at ?? 0),
});

/** Resolves to undefined on 404. Rethrows every other error. */
export const ignoreNotFound = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch(error => {
    if (readStatus(error) === 404) return undefined;
    throw error;
  });
