import { isOwner, findRole } from '../access';
import { toRoleNames } from '../decide/role';
import { createNotFound } from '../errors';
import { toSimpleUser } from '../present/account';
import { TeamRole } from '../state/model';
import { addToTeam, roleInTeam } from '../teams';
import { getTeam } from './accounts';
import { Call, answerOk, Operations } from './call';

const MEMBERSHIP = '/orgs/{org}/teams/{team_slug}/memberships/{username}';

/** Who is in which team, and what they may do in a repository. */
export const memberOperations: Operations = {
  [`GET ${MEMBERSHIP}`]: call => {
    const team = getTeam(call);
    const role = roleInTeam(team, call.params.username);
    if (!role) throw createNotFound();
    return membership(call, role);
  },

  [`PUT ${MEMBERSHIP}`]: call => {
    const team = getTeam(call);
    const account = call.context.findAccount(call.params.username);
    if (account?.type !== 'User') throw createNotFound();
    const { role = 'member' } = call.readBody<{ role?: TeamRole }>();
    addToTeam(call.context, team, account.login, role);
    return membership(call, role);
  },

  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': call => {
    const { context, repo, params } = call;
    const account = context.findAccount(params.username);
    if (!account || account.type === 'Organization') throw createNotFound();
    const names = toRoleNames(findRole(context, repo, account.login));
    const user = { ...toSimpleUser(context, account), ...names };
    return answerOk({ ...names, user });
  },
};

const membership = ({ context, params }: Call, role: TeamRole) => {
  const { org, team_slug: slug, username } = params;
  return answerOk({
    url: context.urls.toRest(
      'orgs',
      org,
      'teams',
      slug,
      'memberships',
      username,
    ),
    // GitHub shows owners of the organisation so.
    role: isOwner(username) ? 'maintainer' : role,
    state: 'active',
  });
};
