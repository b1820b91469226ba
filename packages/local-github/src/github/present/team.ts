import { Context } from '../context';
import { Team } from '../state/model';
import { toOrganisation } from './account';
import { toNodeId } from './toNodeId';

/** `team` of the API's description. */
export const toSimpleTeam = (context: Context, found: Team) => {
  const {
    organization,
    created_at,
    updated_at,
    members_count,
    repos_count,
    ...simple
  } = toTeam(context, found);
  return simple;
};

/** `team-full` of the API's description. */
export const toTeam = (context: Context, found: Team) => {
  const { urls, state } = context;
  const rest = (...parts: string[]) =>
    urls.toRest('orgs', found.org, 'teams', found.slug, ...parts);
  return {
    id: found.id,
    node_id: toNodeId('Team', found.id),
    name: found.name,
    slug: found.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    url: rest(),
    html_url: urls.toPage('orgs', found.org, 'teams', found.slug),
    members_url: `${rest('members')}{/member}`,
    repositories_url: rest('repos'),
    parent: null,
    members_count: 0,
    repos_count: state.repositories.filter(repo => repo.teams[found.slug])
      .length,
    created_at: found.createdAt,
    updated_at: found.createdAt,
    organization: toOrganisation(context, context.keepAccount(found.org)),
  };
};
