import { Context } from '../context';
import { Account } from '../state/model';
import { toNodeId } from './toNodeId';

/** `simple-user` of the API's description. */
export const toSimpleUser = ({ urls }: Context, account: Account) => {
  const rest = (...parts: string[]) =>
    urls.toRest('users', account.login, ...parts);
  return {
    login: account.login,
    id: account.id,
    node_id: toNodeId(account.type, account.id),
    avatar_url: `${urls.server}/avatars/${account.id}`,
    gravatar_id: '',
    url: rest(),
    html_url: urls.toPage(account.login),
    followers_url: rest('followers'),
    following_url: `${rest('following')}{/other_user}`,
    gists_url: `${rest('gists')}{/gist_id}`,
    starred_url: `${rest('starred')}{/owner}{/repo}`,
    subscriptions_url: rest('subscriptions'),
    organizations_url: rest('orgs'),
    repos_url: rest('repos'),
    events_url: `${rest('events')}{/privacy}`,
    received_events_url: rest('received_events'),
    type: account.type,
    site_admin: false,
  };
};

/** `public-user` of the API's description. */
export const toPublicUser = (context: Context, account: Account) => ({
  ...toSimpleUser(context, account),
  name: account.login,
  company: null,
  blog: null,
  location: null,
  email: null,
  hireable: null,
  bio: null,
  public_repos: listRepos(context, account).filter(repo => !repo.isPrivate)
    .length,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: account.createdAt,
  updated_at: account.createdAt,
});

/** `organization-full` of the API's description. */
export const toOrganisation = (context: Context, account: Account) => {
  const rest = (...parts: string[]) =>
    context.urls.toRest('orgs', account.login, ...parts);
  return {
    login: account.login,
    id: account.id,
    node_id: toNodeId(account.type, account.id),
    url: rest(),
    repos_url: rest('repos'),
    events_url: rest('events'),
    hooks_url: rest('hooks'),
    issues_url: rest('issues'),
    members_url: `${rest('members')}{/member}`,
    public_members_url: `${rest('public_members')}{/member}`,
    avatar_url: `${context.urls.server}/avatars/${account.id}`,
    description: null,
    html_url: context.urls.toPage(account.login),
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: listRepos(context, account).filter(repo => !repo.isPrivate)
      .length,
    public_gists: 0,
    followers: 0,
    following: 0,
    type: account.type,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
  };
};

const listRepos = ({ state }: Context, account: Account) =>
  state.repositories.filter(repo => repo.owner === account.login);
