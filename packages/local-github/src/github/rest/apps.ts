import { findApp, newAppToken } from '../apps';
import { GitHubError, notFound } from '../errors';
import {
  appIdOfInstallation,
  installation,
  installationToken,
} from '../present/app';
import { AppPermissions, GitHubApp } from '../state/model';
import { Call, created, noContent, ok, Operations } from './call';

/** How a GitHub App gets, and gives back, the tokens that it works with. */
export const appOperations: Operations = {
  'GET /repos/{owner}/{repo}/installation': call =>
    ok(installation(call.context, theApp(call), call.repo.owner)),

  'POST /app/installations/{installation_id}/access_tokens': call => {
    const app = theApp(call);
    if (appIdOfInstallation(Number(call.params.installation_id)) !== app.id)
      throw notFound();
    const { permissions } = call.body<{
      permissions?: AppPermissions;
    }>();
    return created(
      installationToken(newAppToken(call.context, app, permissions)),
    );
  },

  'DELETE /installation/token': call => {
    const { token } = call.actor;
    if (token === undefined || !call.context.appTokens.delete(token))
      throw new GitHubError(401, 'Bad credentials');
    return noContent();
  },
};

/** The app itself, which has signed this very call. */
const theApp = ({ context, actor }: Call): GitHubApp => {
  const app =
    actor.isApp && actor.appId !== undefined
      ? findApp(context, actor.appId)
      : undefined;
  if (!app) throw new GitHubError(401, 'A JSON web token could not be decoded');
  return app;
};
