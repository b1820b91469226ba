import { GitHubRepo, OctokitFor } from './client';
import { readStatus } from './errors';
import { ignoreNotFound } from './repositories';

const PER_PAGE = 100;

/**
 * A pull request as a list shows it. Times are ISO 8601.
 *
 * @public
 */
export interface ListedPullRequest {
  number: number;
  /** Its page. */
  url: string;
  branch: string;
  state: 'open' | 'merged' | 'closed';
  isDraft: boolean;
  createdAt: string;
  /** Of its last change: a commit, a review, a comment, a label. */
  updatedAt: string;
  mergedAt: string | undefined;
  closedAt: string | undefined;
  /** The commit on the base branch; undefined before the merge. */
  mergeCommit: string | undefined;
  /** The commit that is reviewed. */
  headCommit: string;
}

/**
 * A list with GitHub's entity tag, to ask whether it is still the same.
 *
 * @public
 */
export interface TaggedList<Item> {
  etag: string | undefined;
  items: Item[];
}

/**
 * What somebody decided about a pull request; comments decide nothing.
 *
 * @public
 */
export interface DecisiveReview {
  /** A login. */
  by: string;
  state: 'approved' | 'changes_requested';
  /** ISO 8601. */
  at: string;
}

/**
 * Whether a pull request can be merged. Both are undefined while GitHub computes them.
 *
 * @public
 */
export interface Mergeability {
  /** With its base. */
  hasConflict: boolean | undefined;
  /** No conflict, and every requirement of its base is met. */
  isClean: boolean | undefined;
}

/** @public */
export interface ListedIssue {
  number: number;
  /** Its page. */
  url: string;
  title: string;
  body: string;
  /** Names. */
  labels: string[];
  /** Login of whoever opened it; undefined when the account is deleted. */
  author: string | undefined;
  /** ISO 8601. */
  createdAt: string;
}

/**
 * Reads what a repository's pull requests and issues say about requests; changes nothing. A list that is still the same costs
 * nothing of GitHub's rate limit.
 *
 * @public
 */
export const createRequestReader = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
) => ({
  /** Lists the open pull requests from the repository's own branches into the base branch. */
  openPullRequests: async (
    base: string,
    known?: TaggedList<ListedPullRequest>,
  ): Promise<TaggedList<ListedPullRequest>> => {
    const octokit = await octokitFor(repo);
    const first = await ifChanged(known, headers =>
      octokit.rest.pulls.list({
        ...repo,
        base,
        state: 'open',
        per_page: PER_PAGE,
        headers,
      }),
    );
    if (!first) return known!;
    const pulls = [...first.data];
    for (let page = 2; pulls.length === (page - 1) * PER_PAGE; page += 1) {
      const { data } = await octokit.rest.pulls.list({
        ...repo,
        base,
        state: 'open',
        per_page: PER_PAGE,
        page,
      });
      if (data.length === 0) break;
      pulls.push(...data);
    }
    return {
      etag: tagOf(first.headers.etag, pulls),
      // A fork's branches are named by strangers.
      items: pulls
        .filter(({ head }) => isSameRepo(head.repo?.full_name, repo))
        .map(toListed),
    };
  },

  /** The newest pull request from the branch; undefined when there is none. */
  newestPullRequest: async (
    branch: string,
    base: string,
  ): Promise<ListedPullRequest | undefined> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.list({
      ...repo,
      head: `${repo.owner}:${branch}`,
      base,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: 1,
    });
    return data.map(toListed)[0];
  },

  mergeability: async (number: number): Promise<Mergeability> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.pulls.get({
      ...repo,
      pull_number: number,
    });
    const { mergeable, mergeable_state: state } = data;
    return {
      hasConflict: mergeable === null ? undefined : !mergeable,
      isClean: state === 'unknown' ? undefined : state === 'clean',
    };
  },

  /**
   * Lists each reviewer's last review that decides and still counts: of people who belong to the repository and, if it approves,
   * of this very commit.
   */
  reviews: async (
    number: number,
    commit: string,
  ): Promise<DecisiveReview[]> => {
    const octokit = await octokitFor(repo);
    const reviews = await ignoreNotFound(
      octokit.paginate(octokit.rest.pulls.listReviews, {
        ...repo,
        pull_number: number,
        per_page: PER_PAGE,
      }),
    );
    const last = new Map<string, DecisiveReview & { isOfCommit: boolean }>();
    // GitHub lists them in the order in which they were submitted.
    for (const review of reviews ?? []) {
      const { user, state, submitted_at: at } = review;
      if (!user || !at || user.type === 'Bot') continue;
      if (!INSIDERS.has(review.author_association)) continue;
      if (state === 'DISMISSED') last.delete(user.login);
      const decision = DECISIONS[state];
      if (decision)
        last.set(user.login, {
          by: user.login,
          state: decision,
          at,
          isOfCommit: review.commit_id === commit,
        });
    }
    // GitHub goes on to block a merge for changes that were requested of an earlier commit.
    return [...last.values()]
      .filter(one => one.isOfCommit || one.state === 'changes_requested')
      .map(({ isOfCommit: _, ...one }) => one);
  },

  /** Lists the open issues with the label. None where the repository has no issues. */
  openIssues: async (
    label: string,
    known?: TaggedList<ListedIssue>,
  ): Promise<TaggedList<ListedIssue>> => {
    const octokit = await octokitFor(repo);
    const first = await ifChanged(known, headers =>
      octokit.rest.issues.listForRepo({
        ...repo,
        labels: label,
        state: 'open',
        per_page: PER_PAGE,
        headers,
      }),
    ).catch(error => {
      // https://docs.github.com/en/rest/issues/issues#list-repository-issues: 410 where issues are switched off
      if (readStatus(error) === 410) return 'none' as const;
      throw error;
    });
    if (first === 'none') return { etag: undefined, items: [] };
    if (!first) return known!;
    const issues = [...first.data];
    for (let page = 2; issues.length === (page - 1) * PER_PAGE; page += 1) {
      const { data } = await octokit.rest.issues.listForRepo({
        ...repo,
        labels: label,
        state: 'open',
        per_page: PER_PAGE,
        page,
      });
      if (data.length === 0) break;
      issues.push(...data);
    }
    return {
      etag: tagOf(first.headers.etag, issues),
      items: issues
        .filter(issue => !issue.pull_request)
        .map(issue => ({
          number: issue.number,
          url: issue.html_url,
          title: issue.title,
          body: issue.body ?? '',
          labels: issue.labels.flatMap(one =>
            typeof one === 'string' ? one : one.name ?? [],
          ),
          author: issue.user?.login,
          createdAt: issue.created_at,
        })),
    };
  },
});
/** @public */
export type RequestReader = ReturnType<typeof createRequestReader>;

/** https://docs.github.com/en/graphql/reference/enums#commentauthorassociation: anybody may review in a public repository. */
const INSIDERS: ReadonlySet<string> = new Set([
  'OWNER',
  'MEMBER',
  'COLLABORATOR',
]);

/** https://docs.github.com/en/graphql/reference/enums#pullrequestreviewstate */
const DECISIONS: Record<string, DecisiveReview['state'] | undefined> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
};

/** Undefined when GitHub says that the list is still the known one. */
const ifChanged = async <Answer>(
  known: TaggedList<unknown> | undefined,
  ask: (headers: Record<string, string>) => Promise<Answer>,
): Promise<Answer | undefined> => {
  const tag = known?.etag;
  try {
    return await ask(tag ? { 'if-none-match': tag } : {});
  } catch (error) {
    if (readStatus(error) === 304) return undefined;
    throw error;
  }
};

/** Only a list of one page has one tag for all of it. */
const tagOf = (etag: string | undefined, all: readonly unknown[]) =>
  all.length < PER_PAGE ? etag : undefined;

const isSameRepo = (name: string | undefined, { owner, repo }: GitHubRepo) =>
  name?.toLocaleLowerCase('en') === `${owner}/${repo}`.toLocaleLowerCase('en');

const toState = (pull: { state: string; merged_at: string | null }) => {
  if (pull.merged_at) return 'merged';
  return pull.state === 'open' ? 'open' : 'closed';
};

const toListed = (pull: {
  number: number;
  html_url: string;
  state: string;
  draft?: boolean;
  created_at: string;
  updated_at: string;
  merged_at: string | null;
  closed_at: string | null;
  merge_commit_sha: string | null;
  head: { ref: string; sha: string };
}): ListedPullRequest => ({
  number: pull.number,
  url: pull.html_url,
  branch: pull.head.ref,
  state: toState(pull),
  isDraft: pull.draft ?? false,
  createdAt: pull.created_at,
  updatedAt: pull.updated_at,
  mergedAt: pull.merged_at ?? undefined,
  closedAt: pull.closed_at ?? undefined,
  // An open one has the commit of a test merge there.
  mergeCommit: pull.merged_at ? pull.merge_commit_sha ?? undefined : undefined,
  headCommit: pull.head.sha,
});
