import { setTimeout as wait } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import { InputError } from '@backstage/errors';
import {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import {
  describeCall,
  formatTime,
  toCredentialsError,
  toRateLimitError,
  toTypedError,
} from './errors';
import { RateLimit, readRejection } from '../../errors/rateLimit';
import { createLimitMemory } from './rateLimits';

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
const DEFAULT_LONGEST_WAIT_MS = 5 * 60_000;

/**
 * How a client waits for a rate limit.
 *
 * @public
 */
export interface WaitSettings {
  /** Waits, in milliseconds; rejects when the task is cancelled. */
  sleep?: (ms: number) => Promise<void>;
  /** Called before each wait with one line: which limit, and until when. */
  tell?: (message: string) => void;
  /** Longest sum of the waits of one call, in milliseconds; 5 minutes by default. 0 waits for no limit. */
  longestWaitMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** @public */
export interface OctokitSettings extends WaitSettings {
  /** Such as `https://api.github.com`. */
  apiUrl: string;
  token: string;
  /** Names the token's origin in errors, in the plural: `the credentials of …`. */
  credential?: string;
}

/**
 * Creates a client that retries reads after network and server errors, and every call rejected by a rate limit
 * (GitHub did not execute those). It never retries another write: the caller must check first whether GitHub executed it.
 *
 * Its errors are typed (`AuthenticationError`, `NotFoundError`, `NotAllowedError`, `RateLimitError`,
 * `ServiceUnavailableError`, …), with octokit's as cause.
 *
 * @public
 */
export const createOctokit = ({
  apiUrl,
  token,
  credential = 'the GitHub credentials',
  sleep = ms => wait(ms),
  tell = () => {},
  longestWaitMs = DEFAULT_LONGEST_WAIT_MS,
  now = Date.now,
}: OctokitSettings): Octokit => {
  const octokit = new Octokit({ auth: token, baseUrl: apiUrl });
  octokit.hook.before('request', options => {
    options.headers['x-github-api-version'] ??= GITHUB_API_VERSION;
  });
  octokit.hook.wrap('request', async (request, options) => {
    const isRead = ['GET', 'HEAD'].includes(options.method);
    const words = {
      what: describeCall(options.method, options.url, options),
      credential,
    };
    const limits = createLimitMemory(
      `${apiUrl} ${token} ${isRead ? 'read' : 'write'}`,
    );
    let waited = 0;
    const waitFor = async (limit: RateLimit, error?: unknown) => {
      const until = now() + limit.waitMs;
      waited += limit.waitMs;
      if (waited > longestWaitMs)
        throw toRateLimitError(error, words, limit, until);
      tell(
        `GitHub's ${limit.kind} rate limit rejects ${
          words.what
        }; waiting until ${formatTime(until)}.`,
      );
      await sleep(limit.waitMs);
    };

    const limit = limits.current(now());
    if (limit) await waitFor(limit);
    for (let failures = 0; ; ) {
      try {
        const response = await request({
          ...options,
          request: { ...options.request, signal: createSignal(options) },
        });
        limits.clear();
        return response;
      } catch (error) {
        const rejection = readRejection(error);
        const rejected = rejection && limits.reject(rejection, now());
        if (rejected) {
          await waitFor(rejected, error);
          continue;
        }
        failures += 1;
        // octokit reports a broken connection as status 500 without a response.
        const isFault = (rejection?.status ?? 500) >= 500;
        if (
          !isRead ||
          !isFault ||
          failures >= READ_ATTEMPTS ||
          options.request?.signal?.aborted
        )
          throw toTypedError(error, words);
        await sleep(250 * 4 ** (failures - 1));
      }
    }
  });
  return octokit;
};

/** Ends a call after a minute, and when its caller ends it. Each attempt requires a new one. */
const createSignal = (options: {
  request?: { signal?: AbortSignal };
}): AbortSignal =>
  AbortSignal.any(
    [options.request?.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)].filter(
      signal => signal !== undefined,
    ),
  );

/**
 * Creates clients for one GitHub host of Backstage's integrations: token or GitHub App, as configured there.
 *
 * @public
 */
export const octokitFromIntegrations = (
  options: WaitSettings & {
    /** With its port, if any, such as `localhost:7010`. */
    host: string;
    integrations: ScmIntegrationRegistry;
    credentials: GithubCredentialsProvider;
    /** Of a user; used instead of the configured credentials. */
    token?: string;
  },
): OctokitFor => {
  const {
    host,
    integrations,
    credentials,
    token: userToken,
    ...waits
  } = options;
  const credential = `the credentials of integrations.github for "${host}"`;
  return async ({ owner, repo }) => {
    const apiUrl = integrations.github.byHost(host)?.config.apiBaseUrl;
    if (!apiUrl) {
      throw new InputError(
        `No GitHub integration for host "${host}"; add one to integrations.github in app-config.`,
      );
    }
    if (userToken) {
      return createOctokit({
        apiUrl,
        token: userToken,
        credential: "the user's own GitHub credentials",
        ...waits,
      });
    }
    const url = `https://${host}/${encodeURIComponent(
      owner,
    )}/${encodeURIComponent(repo)}`;
    // For an App, Backstage asks GitHub for a token now and then.
    const { token } = await credentials.getCredentials({ url }).catch(error => {
      throw toCredentialsError(error, {
        what: `the request for an App's token for ${owner}/${repo}`,
        credential,
      });
    });
    if (!token) {
      throw new InputError(
        `No GitHub credentials for ${owner}/${repo} on "${host}"; add a token, or an App installed for "${owner}", to integrations.github.`,
      );
    }
    return createOctokit({ apiUrl, token, credential, ...waits });
  };
};
