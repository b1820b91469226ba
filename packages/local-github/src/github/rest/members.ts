import { isOwner, roleOf } from '../access';
import { roleNames } from '../decide/role';
import { notFound } from '../errors';
import { simpleUser } from '../present/account';
import { TeamRole } from '../state/model';
import { addToTeam, roleInTeam } from '../teams';
import { findTeamOf } from './accounts';
import { Call, ok, Operations } from './call';

const MEMBERSHIP = '/orgs/{org}/teams/{team_slug}/memberships/{username}';

/** Who is in which team, and what they may do in a repository. */
export const memberOperations: Operations = {
  [`GET ${MEMBERSHIP}`]: call => {
    const team = findTeamOf(call);
    const role = roleInTeam(team, call.params.username);
    if (!role) throw notFound();
    return membership(call, role);
  },

  [`PUT ${MEMBERSHIP}`]: call => {
    const team = findTeamOf(call);
    const account = call.context.findAccount(call.params.username);
    if (account?.type !== 'User') throw notFound();
    const { role = 'member' } = call.body<{ role?: TeamRole }>();
    addToTeam(call.context, team, account.login, role);
    return membership(call, role);
  },

  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': call => {
    const { context, repo, params } = call;
    const account = context.findAccount(params.username);
    if (!account || account.type === 'Organization') throw notFound();
    const names = roleNames(roleOf(context, repo, account.login));
    const user = { ...simpleUser(context, account), ...names };
    return ok({ ...names, user });
  },
};

const membership = ({ context, params }: Call, role: TeamRole) => {
  const { org, team_slug: slug, username } = params;
  return ok({
    url: context.urls.rest('orgs', org, 'teams', slug, 'memberships', username),
    // GitHub shows owners of the organisation so.
    role: isOwner(username) ? 'maintainer' : role,
    state: 'active',
  });
};
