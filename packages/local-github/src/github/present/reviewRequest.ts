import { Context } from '../context';
import { Repository, ReviewRequest } from '../state/model';
import { simpleUser } from './account';
import { nodeId } from './nodeId';
import { simpleTeam } from './team';

/** `review-requested-issue-event` of the API's description. */
export const reviewRequestJson = (
  context: Context,
  repo: Repository,
  { id, team, actor, createdAt }: ReviewRequest,
) => {
  const user = simpleUser(context, context.account(actor));
  const found = context.state.teams.find(
    ({ org, slug }) => org === repo.owner && slug === team,
  );
  return {
    id,
    node_id: nodeId('ReviewRequestedEvent', id),
    url: context.urls.rest(
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
    ...(found && { requested_team: simpleTeam(context, found) }),
  };
};
