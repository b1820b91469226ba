import { getAppLogin, issueAppToken, getAppPermissions } from '../apps';
import { BROWSER_USER } from '../auth';
import { Context } from '../context';
import { GitHubApp } from '../state/model';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';

/** `integration` of the API's description. */
export const toIntegration = (context: Context, app: GitHubApp) => ({
  id: app.id,
  slug: app.slug,
  node_id: toNodeId('App', app.id),
  owner: toSimpleUser(context, context.keepAccount(getAppLogin(app))),
  name: app.slug,
  description: null,
  external_url: context.urls.toPage('apps', app.slug),
  html_url: context.urls.toPage('apps', app.slug),
  created_at: app.createdAt,
  updated_at: app.createdAt,
  permissions: getAppPermissions(app),
  events: [],
});

/** `installation` of the API's description: an app is installed once for each owner. */
export const toInstallation = (
  context: Context,
  app: GitHubApp,
  owner: string,
) => {
  const account = context.keepAccount(owner);
  const id = computeInstallationId(app, account.id);
  return {
    id,
    account: toSimpleUser(context, account),
    repository_selection: 'all',
    access_tokens_url: context.urls.toRest(
      'app',
      'installations',
      id,
      'access_tokens',
    ),
    repositories_url: context.urls.toRest('installation', 'repositories'),
    html_url: context.urls.toPage(owner, 'settings', 'installations', id),
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: getAppPermissions(app),
    events: [],
    created_at: app.createdAt,
    updated_at: app.createdAt,
    single_file_name: null,
    suspended_by: app.suspendedAt
      ? toSimpleUser(context, context.keepAccount(BROWSER_USER))
      : null,
    suspended_at: app.suspendedAt ?? null,
  };
};

/** The same in a list, where the description asks an account for the fields of an enterprise, too. */
export const toListedInstallation = (
  context: Context,
  app: GitHubApp,
  owner: string,
) => {
  const { login, createdAt } = context.keepAccount(owner);
  const installation = toInstallation(context, app, owner);
  return {
    ...installation,
    account: {
      ...installation.account,
      name: login,
      slug: login,
      created_at: createdAt,
      updated_at: createdAt,
    },
  };
};

/** One number for app and owner, which both can be read back from. */
const OWNERS = 1_000_000;
const computeInstallationId = (app: GitHubApp, ownerId: number) =>
  app.id * OWNERS + ownerId;
export const getInstalledAppId = (id: number) => Math.floor(id / OWNERS);

/** `installation-token` of the API's description. */
export const toInstallationToken = ({
  token,
  expiresAt,
  permissions,
}: ReturnType<typeof issueAppToken>) => ({
  token,
  expires_at: expiresAt,
  permissions,
  repository_selection: 'all',
});
