import { createSign } from 'node:crypto';

/** What actions/create-github-app-token is given. */
export interface AppTokenCall {
  /** `with:` of the step, evaluated. */
  inputs: Record<string, string>;
  apiUrl: string;
  /** Of the run, `owner/name`. */
  repository: string;
  signal: AbortSignal;
}

/** The outputs of actions/create-github-app-token. */
export interface AppToken {
  token: string;
  'installation-id': string;
  'app-slug': string;
}

const JWT_SECONDS = 540;

/**
 * actions/create-github-app-token: asks GitHub for a token of the App, for the run's own repository.
 * @throws Error where an input is missing, Error where GitHub refuses
 */
export const createAppToken = async (call: AppTokenCall): Promise<AppToken> => {
  const { inputs, repository } = call;
  const appId = inputs['app-id'] || inputs['client-id'];
  if (!appId) throw new Error('Input required and not supplied: app-id');
  if (!inputs['private-key'])
    throw new Error('Input required and not supplied: private-key');
  const jwt = signJsonWebToken(
    appId,
    inputs['private-key'].replaceAll('\\n', '\n'),
  );
  const installation = await ask<{ id: number; app_slug: string }>(
    call,
    'GET',
    `/repos/${repository}/installation`,
    jwt,
  );
  const { token } = await ask<{ token: string }>(
    call,
    'POST',
    `/app/installations/${installation.id}/access_tokens`,
    jwt,
    {
      repositories: [repository.split('/')[1]],
      permissions: readTokenPermissions(inputs),
    },
  );
  return {
    token,
    'installation-id': String(installation.id),
    'app-slug': installation.app_slug,
  };
};

/** What the action does when its job has ended. A token that is gone already is no failure. */
export const revokeAppToken = async (
  apiUrl: string,
  token: string,
): Promise<void> => {
  await fetch(`${apiUrl}/installation/token`, {
    method: 'DELETE',
    headers: { authorization: `token ${token}` },
  }).catch(() => undefined);
};

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
const signJsonWebToken = (appId: string, privateKey: string): string => {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
    iat: now - 30,
    exp: now + JWT_SECONDS,
    iss: appId,
  })}`;
  const signature = createSign('RSA-SHA256')
    .update(text)
    .sign(privateKey, 'base64url');
  return `${text}.${signature}`;
};

/** `permission-pull-requests: write` → `pull_requests: write`; without any, all that the App has. */
const readTokenPermissions = (
  inputs: Record<string, string>,
): Record<string, string> | undefined => {
  const asked = Object.entries(inputs)
    .filter(([name, value]) => name.startsWith('permission-') && value !== '')
    .map(([name, value]) => [
      name.slice('permission-'.length).replaceAll('-', '_'),
      value,
    ]);
  return asked.length > 0 ? Object.fromEntries(asked) : undefined;
};

const ask = async <T>(
  { apiUrl, signal }: AppTokenCall,
  method: string,
  path: string,
  jwt: string,
  body?: object,
): Promise<T> => {
  const answer = await fetch(apiUrl + path, {
    method,
    signal,
    headers: {
      authorization: `Bearer ${jwt}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) {
    const { message } = (await answer.json().catch(() => ({}))) as {
      message?: string;
    };
    throw new Error(`${method} ${path}: ${answer.status} ${message ?? ''}`);
  }
  return (await answer.json()) as T;
};
