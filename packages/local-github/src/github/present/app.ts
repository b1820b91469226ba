import { appLogin, newAppToken, permissionsOf } from '../apps';
import { Context } from '../context';
import { GitHubApp } from '../state/model';
import { simpleUser } from './account';
import { nodeId } from './nodeId';

/** `integration` of the API's description. */
export const integration = (context: Context, app: GitHubApp) => ({
  id: app.id,
  slug: app.slug,
  node_id: nodeId('App', app.id),
  owner: simpleUser(context, context.account(appLogin(app))),
  name: app.slug,
  description: null,
  external_url: context.urls.page('apps', app.slug),
  html_url: context.urls.page('apps', app.slug),
  created_at: app.createdAt,
  updated_at: app.createdAt,
  permissions: permissionsOf(app),
  events: [],
});

/** `installation` of the API's description: an app is installed once for each owner. */
export const installation = (
  context: Context,
  app: GitHubApp,
  owner: string,
) => {
  const account = context.account(owner);
  const id = installationId(app, account.id);
  return {
    id,
    account: simpleUser(context, account),
    repository_selection: 'all',
    access_tokens_url: context.urls.rest(
      'app',
      'installations',
      id,
      'access_tokens',
    ),
    repositories_url: context.urls.rest('installation', 'repositories'),
    html_url: context.urls.page(owner, 'settings', 'installations', id),
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: permissionsOf(app),
    events: [],
    created_at: app.createdAt,
    updated_at: app.createdAt,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
};

/** One number for app and owner, which both can be read back from. */
const OWNERS = 1_000_000;
const installationId = (app: GitHubApp, ownerId: number) =>
  app.id * OWNERS + ownerId;
export const appIdOfInstallation = (id: number) => Math.floor(id / OWNERS);

/** `installation-token` of the API's description. */
export const installationToken = ({
  token,
  expiresAt,
  permissions,
}: ReturnType<typeof newAppToken>) => ({
  token,
  expires_at: expiresAt,
  permissions,
  repository_selection: 'all',
});
