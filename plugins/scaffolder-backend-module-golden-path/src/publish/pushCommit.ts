import fs from 'node:fs';
import {
  AuthenticationError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { GitHubRepo, OctokitFor } from '@goldenpath/plugin-golden-path-node';
import git, { Errors, HttpClient } from 'isomorphic-git';
import { RootCommit } from './rootCommit';

/** GitHub may run hooks and scan for secrets before it answers. */
const PUSH_TIMEOUT_MS = 120_000;
const ABSENT = '0'.repeat(40);

export interface PushTarget {
  cloneUrl: string;
  branch: string;
  /** The tip that the push may replace; undefined when the branch must not exist. */
  replaces: string | undefined;
}

/**
 * Pushes a commit over git, once. GitHub compares the branch with what the push expects, so concurrent pushes can't
 * overwrite each other.
 *
 * @returns `moved` when the branch is not as expected; nothing was pushed then
 * @throws ServiceUnavailableError when it is unknown whether GitHub executed the push
 * @throws AuthenticationError, NotAllowedError or NotFoundError when GitHub rejected it
 */
export const pushCommit = async (
  commit: Pick<RootCommit, 'gitdir'>,
  { cloneUrl, branch, replaces }: PushTarget,
  token: string,
  timeoutMs = PUSH_TIMEOUT_MS,
): Promise<'pushed' | 'moved'> => {
  try {
    await git.push({
      fs,
      http: createHttpClient(AbortSignal.timeout(timeoutMs)),
      gitdir: commit.gitdir,
      url: cloneUrl,
      ref: 'refs/heads/main',
      remoteRef: `refs/heads/${branch}`,
      // The commit has no parents. What it may replace is checked here and, against the same id, by GitHub.
      force: true,
      onPrePush: ({ remoteRef }) => remoteRef.oid === (replaces ?? ABSENT),
      headers: {
        authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString(
          'base64',
        )}`,
      },
    });
    return 'pushed';
  } catch (error) {
    if (error instanceof Errors.UserCanceledError) return 'moved';
    throw toTypedError(error, `the push to ${branch} of ${cloneUrl}`);
  }
};

/** Pushes with the credentials of the API's client. */
export const createPush =
  (octokitFor: OctokitFor) =>
  async (app: GitHubRepo, commit: RootCommit, target: PushTarget) => {
    const octokit = await octokitFor(app);
    const { token } = (await octokit.auth()) as { token: string };
    return pushCommit(commit, target, token);
  };

/** With fetch, like octokit: isomorphic-git's own client gives up after 5 s, the default of Node's HTTP agent. */
const createHttpClient = (signal: AbortSignal): HttpClient => ({
  request: async ({ url, method = 'GET', headers, body }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body ?? []) chunks.push(chunk);
    const answer = await fetch(url, {
      method,
      headers,
      body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      signal,
    });
    const received = new Uint8Array(await answer.arrayBuffer());
    return {
      url: answer.url,
      method,
      statusCode: answer.status,
      statusMessage: answer.statusText,
      headers: Object.fromEntries(answer.headers),
      body: iterate(received),
    };
  },
});

async function* iterate(bytes: Uint8Array) {
  yield bytes;
}

const toTypedError = (error: unknown, what: string): Error => {
  const cause = error as Error;
  if (error instanceof Errors.GitPushError) {
    return new NotAllowedError(
      `GitHub rejected ${what}: ${error.data.prettyDetails
        .replace(/\s*\n\s*-\s*/g, ' ')
        .trim()}. Check the rules of the branch and the permissions of the credentials, then try again`,
      cause,
    );
  }
  const status =
    error instanceof Errors.HttpError ? error.data.statusCode : undefined;
  switch (status) {
    case 401:
      return new AuthenticationError(
        `GitHub answered ${what} with 401: the credentials expired, were revoked or are wrong. Renew them, then try again`,
        cause,
      );
    case 403:
      return new NotAllowedError(
        `GitHub answered ${what} with 403: the credentials may not push there. Grant write access to contents, then try again`,
        cause,
      );
    case 404:
      return new NotFoundError(
        `GitHub answered ${what} with 404: the repository does not exist, or the credentials don't reach it. Check its name and what they have access to, then try again`,
        cause,
      );
    default:
      return new ServiceUnavailableError(
        status === undefined
          ? `GitHub did not answer ${what}`
          : `GitHub answered ${what} with ${status}`,
        cause,
      );
  }
};
