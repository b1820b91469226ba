import { Context } from '../context';
import { PullReview, Repository } from '../state/model';
import { toSimpleUser } from './account';
import { PullRequest } from './pullRequest';
import { toNodeId } from './toNodeId';

/** `pull-request-review` of the API's description. */
export const toPullReviewJson = (
  context: Context,
  repo: Repository,
  { number }: PullRequest,
  review: PullReview,
) => {
  const { urls } = context;
  const html = `${urls.toPage(
    repo.owner,
    repo.name,
    'pull',
    number,
  )}#pullrequestreview-${review.id}`;
  const pull = urls.toRest('repos', repo.owner, repo.name, 'pulls', number);
  return {
    id: review.id,
    node_id: toNodeId('PullRequestReview', review.id),
    user: toSimpleUser(context, context.keepAccount(review.author)),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
    author_association: 'MEMBER',
  };
};
