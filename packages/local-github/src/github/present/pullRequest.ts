import { Context } from '../context';
import { Issue, Pull, Repository } from '../state/model';
import { toSimpleUser } from './account';
import { listLabels } from './issue';
import { toNodeId } from './toNodeId';
import { toRepository } from './repository';
import { toSimpleTeam } from './team';

/** An issue that is a pull request. */
export type PullRequest = Issue & { pull: Pull };
export const isPull = (issue: Issue): issue is PullRequest =>
  issue.pull !== undefined;

/** What git says of a pull request. */
export interface PullFacts {
  commits: number;
  additions: number;
  deletions: number;
  changedFiles: number;
  /** Null where it is no longer of interest: the pull request is closed. */
  mergeable: boolean | null;
  mergeableState: 'clean' | 'dirty' | 'draft' | 'unknown';
  /** The test merge while it is open. */
  mergeCommit: string | null;
}

/** `pull-request-simple` of the API's description. */
export const toSimplePull = (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  mergeCommit = issue.pull.mergeCommitSha,
) => {
  const { urls } = context;
  const { pull } = issue;
  const rest = (...parts: Array<string | number>) =>
    urls.toRest('repos', repo.owner, repo.name, ...parts);
  const self = rest('pulls', issue.number);
  const page = urls.toPage(repo.owner, repo.name, 'pull', issue.number);
  const owner = toSimpleUser(context, context.keepAccount(repo.owner));
  const side = (ref: string, sha: string) => ({
    label: `${repo.owner}:${ref}`,
    ref,
    sha,
    user: owner,
    repo: toRepository(context, repo),
  });
  const links = {
    self,
    html: page,
    issue: rest('issues', issue.number),
    comments: rest('issues', issue.number, 'comments'),
    review_comments: `${self}/comments`,
    review_comment: `${rest('pulls', 'comments')}{/number}`,
    commits: `${self}/commits`,
    statuses: rest('statuses', pull.headSha),
  };
  return {
    id: issue.id,
    node_id: toNodeId('PullRequest', issue.id),
    number: issue.number,
    url: links.self,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: links.issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    state: issue.isOpen ? 'open' : 'closed',
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    body: issue.body,
    user: toSimpleUser(context, context.keepAccount(issue.author)),
    author_association: 'MEMBER',
    labels: listLabels(context, repo, issue),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: context.state.teams
      .filter(
        ({ org, slug }) =>
          org === repo.owner &&
          pull.reviewRequests?.some(({ team }) => team === slug),
      )
      .map(one => toSimpleTeam(context, one)),
    milestone: null,
    auto_merge: null,
    draft: pull.isDraft,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: mergeCommit,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.baseSha),
    _links: Object.fromEntries(
      Object.entries(links).map(([name, href]) => [name, { href }]),
    ),
  };
};

/** `pull-request` of the API's description. */
export const toFullPull = (
  context: Context,
  repo: Repository,
  issue: PullRequest,
  facts: PullFacts,
) => ({
  ...toSimplePull(context, repo, issue, facts.mergeCommit),
  merged: issue.pull.mergedAt !== null,
  merged_by:
    issue.pull.mergedBy === null
      ? null
      : toSimpleUser(context, context.keepAccount(issue.pull.mergedBy)),
  mergeable: facts.mergeable,
  mergeable_state: facts.mergeableState,
  rebaseable: facts.mergeable,
  comments: issue.comments.length,
  review_comments: 0,
  maintainer_can_modify: false,
  commits: facts.commits,
  additions: facts.additions,
  deletions: facts.deletions,
  changed_files: facts.changedFiles,
});
