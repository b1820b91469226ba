import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { findExceeding, Permissions } from '../actions/decide/permissions';
import { Context } from './context';
import { GitHubError } from './errors';
import { AppPermissions, GitHubApp } from './state/model';

/** What GitHub accepts between its clock and the app's. */
const CLOCK_SKEW_SECONDS = 60;
/** A JSON web token may live for ten minutes. */
const LONGEST_JWT_SECONDS = 600;
/** What the workflows of most apps here ask for. */
const DEFAULT_PERMISSIONS: AppPermissions = {
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
};
const TOKEN_LIFE_MS = 60 * 60 * 1000;

/** The name that everything bears which an app does. */
export const getAppLogin = ({ slug }: GitHubApp) => `${slug}[bot]`;

/** Registers an app, installed for every owner here. @returns its id and its private key, which is kept nowhere else */
export const registerApp = (
  context: Context,
  slug: string,
  permissions?: AppPermissions,
): { appId: number; privateKey: string } => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    throw new Error(`"${slug}" can't be the name of an app`);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const apps = (context.state.apps ??= []);
  const known = apps.find(app => app.slug === slug);
  const app = known ?? {
    id: context.file.takeId(),
    slug,
    publicKey,
    createdAt: context.now(),
  };
  // Its id stays; a new key takes the place of the old one.
  app.publicKey = publicKey;
  app.permissions = permissions;
  if (!known) apps.push(app);
  context.keepAccount(getAppLogin(app));
  return { appId: app.id, privateKey };
};

export const findApp = (context: Context, id: number): GitHubApp | undefined =>
  context.state.apps?.find(app => app.id === id);

export const isJwt = (token: string): boolean =>
  /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

/**
 * The app that signed a JSON web token.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 * @throws GitHubError 401 in GitHub's words
 */
export const verifyAppJwt = (context: Context, jwt: string): GitHubApp => {
  const refuse = (message: string) => new GitHubError(401, message);
  const [head, body, signature] = jwt.split('.');
  const header = decode(head);
  const claims = decode(body);
  if (header?.alg !== 'RS256' || !claims)
    throw refuse('A JSON web token could not be decoded');
  const app = findApp(context, Number(claims.iss));
  if (!app) throw refuse('Integration not found');
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(app.publicKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw refuse('A JSON web token could not be decoded');
  const now = Date.now() / 1000;
  const [issued, expires] = [Number(claims.iat), Number(claims.exp)];
  if (!(issued <= now + CLOCK_SKEW_SECONDS))
    throw refuse(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (!(expires > now))
    throw refuse(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (expires > now + LONGEST_JWT_SECONDS + CLOCK_SKEW_SECONDS)
    throw refuse("'Expiration time' claim ('exp') is too far in the future");
  return app;
};

const decode = (part: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
};

/** What an app may do, in the words of the REST API. */
export const getAppPermissions = ({ permissions }: GitHubApp): AppPermissions =>
  permissions ?? DEFAULT_PERMISSIONS;

/**
 * A token that acts as the app, for an hour.
 * @param wanted - less than the app may do; undefined for all
 * @throws GitHubError 422 where the app hasn't been given what is wanted
 */
export const issueAppToken = (
  context: Context,
  app: GitHubApp,
  wanted: Partial<AppPermissions> = getAppPermissions(app),
): { token: string; expiresAt: string; permissions: AppPermissions } => {
  assertNotSuspended(app);
  const granted = readAccess(getAppPermissions(app));
  const permissions = readAccess(wanted);
  if (findExceeding(permissions, granted))
    throw new GitHubError(
      422,
      'The permissions requested are not granted to this installation.',
    );
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const expiresAt = Date.now() + TOKEN_LIFE_MS;
  context.appTokens.set(token, { appId: app.id, expiresAt, permissions });
  return {
    token,
    permissions: { ...wanted, metadata: 'read' },
    expiresAt: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
};

/** Permissions as those of jobs are named. */
const readAccess = (permissions: Partial<AppPermissions>): Permissions =>
  Object.fromEntries(
    Object.entries(permissions).map(([name, access]) => [
      name.replaceAll('_', '-'),
      access === 'admin' ? 'write' : access,
    ]),
  ) as Permissions;

/** @throws GitHubError 403 as GitHub answers an installation that its organisation has suspended */
export const assertNotSuspended = ({ suspendedAt }: GitHubApp): void => {
  if (suspendedAt !== undefined)
    throw new GitHubError(403, 'This installation has been suspended');
};

/** The app that a token stands for; undefined where it is none of an app, has been revoked or is too old. */
export const findAppOfToken = (
  context: Context,
  token: string,
): GitHubApp | undefined => {
  const known = context.appTokens.get(token);
  if (!known || known.expiresAt < Date.now()) return undefined;
  return findApp(context, known.appId);
};
