import { toSimpleUser } from '../present/account';
import { toNodeId } from '../present/toNodeId';
import { Activity } from '../state/model';
import { Call, Operations } from './call';

/** Who moved the repository's branches and tags. */
export const activityOperations: Operations = {
  'GET /repos/{owner}/{repo}/activity': call => {
    const { ref, actor, activity_type: type, direction, after } = call.query;
    const sorted = [...(call.repo.activities ?? [])].sort((a, b) =>
      direction === 'asc' ? a.id - b.id : b.id - a.id,
    );
    const found = sorted.filter(
      one =>
        (!ref || one.ref === ref || one.ref === `refs/heads/${ref}`) &&
        (!actor || one.actor === actor) &&
        (!type || one.type === type),
    );
    // The cursor is the last activity of the page before.
    const start = after
      ? found.findIndex(({ id }) => String(id) === after) + 1
      : 0;
    const page = found.slice(start, start + call.page.perPage);
    const isLast = start + page.length >= found.length;
    return {
      status: 200,
      body: page.map(one => toActivity(call, one)),
      ...(!isLast && {
        headers: { Link: composeNextLink(call, page[page.length - 1]) },
      }),
    };
  },
};

const composeNextLink = (
  { context, repo, query, page }: Call,
  last: Activity,
) => {
  const url = new URL(
    context.urls.toRest('repos', repo.owner, repo.name, 'activity'),
  );
  for (const [key, value] of Object.entries({
    ...query,
    per_page: String(page.perPage),
    after: String(last.id),
  }))
    if (value !== undefined) url.searchParams.set(key, value);
  return `<${url}>; rel="next"`;
};

/** `activity` of the API's description. */
const toActivity = ({ context }: Call, one: Activity) => ({
  id: one.id,
  node_id: toNodeId('Push', one.id),
  before: one.before,
  after: one.after,
  ref: one.ref,
  timestamp: one.createdAt,
  activity_type: one.type,
  actor: toSimpleUser(context, context.keepAccount(one.actor)),
});
