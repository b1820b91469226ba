import { findApp, issueAppToken } from '../apps';
import { GitHubError, createNotFound } from '../errors';
import {
  getInstalledAppId,
  toInstallation,
  toListedInstallation,
  toInstallationToken,
} from '../present/app';
import { AppPermissions, GitHubApp } from '../state/model';
import {
  Call,
  answerCreated,
  answerNoContent,
  answerOk,
  Operations,
} from './call';

/** How a GitHub App gets, and gives back, the tokens that it works with. */
export const appOperations: Operations = {
  'GET /app/installations': call => {
    const { context } = call;
    const app = getCallingApp(call);
    const owners = new Set(
      context.state.repositories.map(({ owner }) => owner),
    );
    return call.answerPage([...owners], items =>
      items.map(owner => toListedInstallation(context, app, owner)),
    );
  },

  'GET /repos/{owner}/{repo}/installation': call =>
    answerOk(
      toInstallation(call.context, getCallingApp(call), call.repo.owner),
    ),

  'POST /app/installations/{installation_id}/access_tokens': call => {
    const app = getCallingApp(call);
    if (getInstalledAppId(Number(call.params.installation_id)) !== app.id)
      throw createNotFound();
    const { permissions } = call.readBody<{
      permissions?: AppPermissions;
    }>();
    return answerCreated(
      toInstallationToken(issueAppToken(call.context, app, permissions)),
    );
  },

  'DELETE /installation/token': call => {
    const { token } = call.actor;
    if (token === undefined || !call.context.appTokens.delete(token))
      throw new GitHubError(401, 'Bad credentials');
    return answerNoContent();
  },
};

/** The app itself, which has signed this very call. */
const getCallingApp = ({ context, actor }: Call): GitHubApp => {
  const app =
    actor.isApp && actor.appId !== undefined
      ? findApp(context, actor.appId)
      : undefined;
  if (!app) throw new GitHubError(401, 'A JSON web token could not be decoded');
  return app;
};
