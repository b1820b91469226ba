import { setTimeout as wait } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import { InputError } from '@backstage/errors';
import {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import { toTypedError } from './errors';

/**
 * A repository on one GitHub host.
 *
 * @public
 */
export interface GitHubRepo {
  owner: string;
  repo: string;
}

/**
 * Returns a client with credentials for the repository.
 *
 * @public
 */
export type OctokitFor = (repo: GitHubRepo) => Promise<Octokit>;

/** Version of GitHub's REST API sent with every call. */
const GITHUB_API_VERSION = '2022-11-28';

const REQUEST_TIMEOUT_MS = 60_000;
const READ_ATTEMPTS = 4;
const LONGEST_RATE_LIMIT_WAIT_MS = 60_000;

/** @public */
export interface OctokitSettings {
  /** Such as `https://api.github.com`. */
  apiUrl: string;
  token: string;
  /** Waits, in milliseconds; tests pass their own. */
  sleep?: (ms: number) => Promise<void>;
}

/**
 * Creates a client that retries reads after network and server errors, and every call rejected by the rate limit
 * (GitHub did not execute those). It never retries a write: the caller must check first whether GitHub executed it.
 *
 * Its errors are typed (`NotFoundError`, `NotAllowedError`, `ServiceUnavailableError`, …), with octokit's as cause.
 *
 * @public
 */
export const createOctokit = ({
  apiUrl,
  token,
  sleep = ms => wait(ms),
}: OctokitSettings): Octokit => {
  const octokit = new Octokit({ auth: token, baseUrl: apiUrl });
  octokit.hook.before('request', options => {
    options.headers['x-github-api-version'] ??= GITHUB_API_VERSION;
  });
  octokit.hook.wrap('request', async (request, options) => {
    for (let attempt = 1; ; attempt++) {
      // Each attempt requires a new timeout signal.
      const signal = AbortSignal.any(
        [
          options.request?.signal,
          AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        ].filter(s => s !== undefined),
      );
      try {
        return await request({
          ...options,
          request: { ...options.request, signal },
        });
      } catch (error) {
        const pause =
          options.request?.signal?.aborted || attempt >= READ_ATTEMPTS
            ? undefined
            : computePause(error, options.method, attempt);
        if (pause === undefined)
          throw toTypedError(
            error,
            `${options.method} ${options.url}`,
            options,
          );
        await sleep(pause);
      }
    }
  });
  return octokit;
};

/**
 * Creates clients for one GitHub host of Backstage's integrations: token or GitHub App, as configured there.
 *
 * @public
 */
export const octokitFromIntegrations = (options: {
  /** With its port, if any, such as `localhost:7010`. */
  host: string;
  integrations: ScmIntegrationRegistry;
  credentials: GithubCredentialsProvider;
  /** Of a user; used instead of the configured credentials. */
  token?: string;
  sleep?: (ms: number) => Promise<void>;
}): OctokitFor => {
  const { host, integrations, credentials, sleep } = options;
  return async ({ owner, repo }) => {
    const apiUrl = integrations.github.byHost(host)?.config.apiBaseUrl;
    if (!apiUrl) {
      throw new InputError(
        `No GitHub integration for host "${host}"; add one to integrations.github in app-config.`,
      );
    }
    if (options.token)
      return createOctokit({ apiUrl, token: options.token, sleep });
    const url = `https://${host}/${encodeURIComponent(
      owner,
    )}/${encodeURIComponent(repo)}`;
    const { token } = await credentials.getCredentials({ url });
    if (!token) {
      throw new InputError(
        `No GitHub credentials for ${owner}/${repo} on "${host}"; add a token, or an App installed for "${owner}", to integrations.github.`,
      );
    }
    return createOctokit({ apiUrl, token, sleep });
  };
};

/** Computes the pause before the next attempt, in ms; undefined when a retry is not allowed. */
const computePause = (
  error: unknown,
  method: string,
  attempt: number,
): number | undefined => {
  const { status, response } = error as {
    status?: number;
    response?: { headers: Record<string, string | undefined> };
  };
  const headers = response?.headers ?? {};
  if (status === 403 || status === 429) {
    const limited = computeRateLimitWait(headers);
    return limited !== undefined && limited <= LONGEST_RATE_LIMIT_WAIT_MS
      ? limited
      : undefined;
  }
  const isRead = method === 'GET' || method === 'HEAD';
  // octokit reports a broken connection as status 500 without a response.
  const isFault = status === undefined || status >= 500;
  return isRead && isFault ? 250 * 4 ** (attempt - 1) : undefined;
};

/**
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
const computeRateLimitWait = (
  headers: Record<string, string | undefined>,
): number | undefined => {
  if (headers['retry-after']) return Number(headers['retry-after']) * 1000;
  if (headers['x-ratelimit-remaining'] !== '0') return undefined;
  // GitHub's clock: ours may be wrong.
  const now = headers.date ? Date.parse(headers.date) : Date.now();
  return Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - now);
};
