import { Context } from '../context';
import { Comment, Issue, Label, Repository } from '../state/model';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';

/** `label` of the API's description. */
export const toLabel = ({ urls }: Context, repo: Repository, found: Label) => ({
  id: found.id,
  node_id: toNodeId('Label', found.id),
  url: `${urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'labels',
  )}/${encodeURIComponent(found.name)}`,
  name: found.name,
  color: found.color,
  default: false,
  description: found.description,
});

export const listLabels = (context: Context, repo: Repository, issue: Issue) =>
  repo.labels
    .filter(({ name }) => issue.labels.includes(name))
    .map(found => toLabel(context, repo, found));

/** `issue` of the API's description; a pull request is one too. */
export const toIssueJson = (
  context: Context,
  repo: Repository,
  issue: Issue,
) => {
  const { urls } = context;
  const rest = (...parts: Array<string | number>) =>
    urls.toRest(
      'repos',
      repo.owner,
      repo.name,
      'issues',
      issue.number,
      ...parts,
    );
  const page = urls.toPage(
    repo.owner,
    repo.name,
    issue.pull ? 'pull' : 'issues',
    issue.number,
  );
  return {
    id: issue.id,
    node_id: toNodeId('Issue', issue.id),
    number: issue.number,
    url: rest(),
    repository_url: urls.toRest('repos', repo.owner, repo.name),
    labels_url: `${rest('labels')}{/name}`,
    comments_url: rest('comments'),
    events_url: rest('events'),
    html_url: page,
    title: issue.title,
    body: issue.body,
    state: issue.isOpen ? 'open' : 'closed',
    state_reason: issue.isOpen || issue.pull ? null : 'completed',
    locked: false,
    active_lock_reason: null,
    user: toSimpleUser(context, context.keepAccount(issue.author)),
    author_association: 'MEMBER',
    labels: listLabels(context, repo, issue),
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    ...(issue.pull && {
      draft: issue.pull.isDraft,
      pull_request: {
        url: urls.toRest('repos', repo.owner, repo.name, 'pulls', issue.number),
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        merged_at: issue.pull.mergedAt,
      },
    }),
  };
};

/** `issue-comment` of the API's description. */
export const toCommentJson = (
  context: Context,
  repo: Repository,
  issue: Issue,
  comment: Comment,
) => {
  const { urls } = context;
  const page = urls.toPage(
    repo.owner,
    repo.name,
    issue.pull ? 'pull' : 'issues',
    issue.number,
  );
  const rest = urls.toRest('repos', repo.owner, repo.name, 'issues');
  return {
    id: comment.id,
    node_id: toNodeId('IssueComment', comment.id),
    url: `${rest}/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${rest}/${issue.number}`,
    body: comment.body,
    user: toSimpleUser(context, context.keepAccount(comment.author)),
    author_association: 'MEMBER',
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
};
