import { Context } from '../context';
import { findLabel } from '../issues';
import { LabelEvent, Repository, ReviewRequest } from '../state/model';
import { findTeam } from '../teams';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';
import { toSimpleTeam } from './team';

/** What every event of an issue shows. */
const toEventJson = (
  context: Context,
  repo: Repository,
  {
    id,
    event,
    actor,
    createdAt,
  }: { id: number; event: string; actor: string; createdAt: string },
) => ({
  id,
  node_id: toNodeId('IssueEvent', id),
  url: context.urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'issues',
    'events',
    String(id),
  ),
  actor: toSimpleUser(context, context.keepAccount(actor)),
  event,
  commit_id: null,
  commit_url: null,
  created_at: createdAt,
  performed_via_github_app: null,
});

/** `labeled-issue-event` and `unlabeled-issue-event` of the API's description. */
export const toLabelEventJson = (
  context: Context,
  repo: Repository,
  event: LabelEvent,
) => ({
  ...toEventJson(context, repo, event),
  label: {
    name: event.label,
    color: findLabel(repo, event.label)?.color ?? '',
  },
});

/** `review-requested-issue-event` of the API's description. */
export const toReviewRequestJson = (
  context: Context,
  repo: Repository,
  request: ReviewRequest,
) => {
  const found = findTeam(context, repo.owner, request.team);
  return {
    ...toEventJson(context, repo, { ...request, event: 'review_requested' }),
    review_requester: toSimpleUser(context, context.keepAccount(request.actor)),
    ...(found && { requested_team: toSimpleTeam(context, found) }),
  };
};
