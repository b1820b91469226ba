import { Context } from '../context';
import { Repository, ReviewRequest } from '../state/model';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';
import { toSimpleTeam } from './team';

/** `review-requested-issue-event` of the API's description. */
export const toReviewRequestJson = (
  context: Context,
  repo: Repository,
  { id, team, actor, createdAt }: ReviewRequest,
) => {
  const user = toSimpleUser(context, context.keepAccount(actor));
  const found = context.state.teams.find(
    ({ org, slug }) => org === repo.owner && slug === team,
  );
  return {
    id,
    node_id: toNodeId('ReviewRequestedEvent', id),
    url: context.urls.toRest(
      'repos',
      repo.owner,
      repo.name,
      'issues',
      'events',
      String(id),
    ),
    actor: user,
    event: 'review_requested',
    commit_id: null,
    commit_url: null,
    created_at: createdAt,
    performed_via_github_app: null,
    review_requester: user,
    ...(found && { requested_team: toSimpleTeam(context, found) }),
  };
};
