import {
  assertNotSuspended,
  getAppLogin,
  verifyAppJwt,
  findAppOfToken,
  isJwt,
} from './apps';
import { Actor, Context } from './context';
import { GitHubError } from './errors';

/** Whom the platform's token stands for; without one, every token that is nobody else's. */
export const USER = 'backstage';
/** Who presses buttons on the pages, where nobody signs in. */
export const BROWSER_USER = 'developer';
export const RUN_USER = 'github-actions[bot]';
/** Beginning of tokens that GitHub makes for apps, Actions among them. */
export const RUN_TOKEN_PREFIX = 'ghs_';

/**
 * Who an `Authorization` header stands for: `token X` and `Bearer X` as REST clients send them, `Basic` as git does (with
 * the token as password, or as user name alone).
 * @returns undefined where there is none
 * @throws GitHubError 401 for an unknown token, that of a job that has ended, or one that an app has given back
 */
export const authenticate = (
  context: Context,
  header: string | undefined,
): Actor | undefined => {
  const token = readToken(header);
  if (!token) return undefined;
  if (context.revokedTokens.has(token)) throw createBadCredentials();
  if (isJwt(token)) {
    const app = verifyAppJwt(context, token);
    return { login: getAppLogin(app), appId: app.id, isApp: true };
  }
  if (!token.startsWith(RUN_TOKEN_PREFIX)) {
    const login = context.userTokens.get(token);
    if (login === undefined && !isPlatformToken(context, token))
      throw createBadCredentials();
    return { login: login ?? USER };
  }
  const app = findAppOfToken(context, token);
  if (app) {
    assertNotSuspended(app);
    const permissions = context.appTokens.get(token)?.permissions;
    return { login: getAppLogin(app), appId: app.id, token, permissions };
  }
  const job = context.jobTokens.get(token);
  if (!job) throw createBadCredentials();
  return { login: RUN_USER, ...job };
};

/**
 * Whoever presses a button of a page acts as the browser's user: a job's token, or another person's, must not.
 * @throws GitHubError 401 without the platform's token
 */
export const assertPlatformToken = (
  context: Context,
  header: string | undefined,
): void => {
  const token = readToken(header);
  if (context.token !== undefined && token !== context.token)
    throw createBadCredentials();
};

const isPlatformToken = (context: Context, token: string): boolean =>
  context.token === undefined || context.token === token;

const createBadCredentials = () => new GitHubError(401, 'Bad credentials');

const readToken = (header: string | undefined): string | undefined => {
  const [, scheme, value] = /^(\w+)\s+(\S+)\s*$/.exec(header ?? '') ?? [];
  switch (scheme?.toLowerCase()) {
    case 'token':
    case 'bearer':
      return value;
    case 'basic': {
      const [, user, password] =
        /^([^:]*):?(.*)$/s.exec(
          Buffer.from(value, 'base64').toString('utf8'),
        ) ?? [];
      return password || (user === 'x-access-token' ? undefined : user);
    }
    default:
      return undefined;
  }
};
