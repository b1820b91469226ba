import { Context } from './context';
import { Team, TeamRole } from './state/model';
import { isSameName } from './state/runStore';

export const findTeam = (
  { state }: Context,
  org: string,
  slug: string,
): Team | undefined =>
  state.teams.find(
    team => isSameName(team.org, org) && isSameName(team.slug, slug),
  );

/** What somebody is in a team; undefined where the team has no such member. */
export const roleInTeam = (
  { members = {} }: Team,
  login: string,
): TeamRole | undefined =>
  Object.entries(members).find(([member]) => isSameName(member, login))?.[1];

export const addToTeam = (
  context: Context,
  team: Team,
  login: string,
  role: TeamRole,
): void => {
  const account = context.keepAccount(login);
  team.members = { ...team.members, [account.login]: role };
};
