import { Context } from '../context';
import { Comment, Issue, Label, Repository } from '../state/model';
import { simpleUser } from './account';
import { nodeId } from './nodeId';

/** `label` of the API's description. */
export const label = ({ urls }: Context, repo: Repository, found: Label) => ({
  id: found.id,
  node_id: nodeId('Label', found.id),
  url: `${urls.rest(
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

export const labelsOf = (context: Context, repo: Repository, issue: Issue) =>
  repo.labels
    .filter(({ name }) => issue.labels.includes(name))
    .map(found => label(context, repo, found));

/** `issue` of the API's description; a pull request is one too. */
export const issueJson = (context: Context, repo: Repository, issue: Issue) => {
  const { urls } = context;
  const rest = (...parts: Array<string | number>) =>
    urls.rest('repos', repo.owner, repo.name, 'issues', issue.number, ...parts);
  const page = urls.page(
    repo.owner,
    repo.name,
    issue.pull ? 'pull' : 'issues',
    issue.number,
  );
  return {
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    url: rest(),
    repository_url: urls.rest('repos', repo.owner, repo.name),
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
    user: simpleUser(context, context.account(issue.author)),
    author_association: 'MEMBER',
    labels: labelsOf(context, repo, issue),
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
        url: urls.rest('repos', repo.owner, repo.name, 'pulls', issue.number),
        html_url: page,
        diff_url: `${page}.diff`,
        patch_url: `${page}.patch`,
        merged_at: issue.pull.mergedAt,
      },
    }),
  };
};

/** `issue-comment` of the API's description. */
export const commentJson = (
  context: Context,
  repo: Repository,
  issue: Issue,
  comment: Comment,
) => {
  const { urls } = context;
  const page = urls.page(
    repo.owner,
    repo.name,
    issue.pull ? 'pull' : 'issues',
    issue.number,
  );
  const rest = urls.rest('repos', repo.owner, repo.name, 'issues');
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${rest}/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${rest}/${issue.number}`,
    body: comment.body,
    user: simpleUser(context, context.account(comment.author)),
    author_association: 'MEMBER',
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
};
