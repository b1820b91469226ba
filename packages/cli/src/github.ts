import type {
  BranchRecords,
  GitHubSetup,
  LabelReader,
  PullRequestComments,
  RequestPullRequests,
} from '@goldenpath/plugin-golden-path-node';
import { UsageError } from './errors';
import type { Terminal } from './terminal';

/** The infra repo on GitHub and the token to use. */
export interface GitHubSettings {
  apiUrl: string;
  token: string;
  owner: string;
  repo: string;
}

export type OpenPullRequests<T = RequestPullRequests> = (
  settings: GitHubSettings,
) => T;
/** @param membersToken - a token that sees the teams of the organization, if there is another one for that */
export type OpenLabels = (
  settings: GitHubSettings,
  membersToken?: string,
) => LabelReader;
export type OpenBranchRecords = (settings: GitHubSettings) => BranchRecords;
export type OpenSetup = (settings: GitHubSettings) => {
  readSetup(branch: string): Promise<GitHubSetup>;
};
export type OpenComments = (settings: GitHubSettings) => PullRequestComments;

/** The variables that {@link readGitHubSettings} reads, for a command's help. */
export const GITHUB_VARIABLES =
  'GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL';
const DEFAULT_API_URL = 'https://api.github.com';

/** The same variables, explained one per line. */
export const GITHUB_HELP = `  GITHUB_TOKEN       token with write access to contents and pull requests of the infra repo
  GITHUB_REPOSITORY  the infra repo, as owner/name
  GITHUB_API_URL     default: ${DEFAULT_API_URL}`;

const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9._-]*)\/([A-Za-z0-9._-]+)$/;

/**
 * The GitHub settings of the workflow run.
 * @param what - the command or option that calls GitHub
 * @throws UsageError if a variable is missing or invalid
 */
export const readGitHubSettings = (
  env: Terminal['env'],
  what: string,
): GitHubSettings => {
  const token = env.GITHUB_TOKEN?.trim();
  const given = env.GITHUB_REPOSITORY?.trim();
  const missing = [
    ...(token ? [] : ['GITHUB_TOKEN']),
    ...(given ? [] : ['GITHUB_REPOSITORY (as owner/name)']),
  ];
  if (!token || !given) {
    throw new UsageError(
      `${what} requires ${missing.join(' and ')}; set ${
        missing.length === 1
          ? 'it as an environment variable'
          : 'them as environment variables'
      }.`,
    );
  }
  // A header holds no other characters; the value is a secret, so it is not shown.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(
      'GITHUB_TOKEN: the token has a space, a line break or another character that no token of GitHub has; set it again.',
    );
  }
  const repository = REPOSITORY.exec(given);
  if (!repository) {
    throw new UsageError(
      `GITHUB_REPOSITORY: use owner/name of the infra repo, such as acme/platform-infra. Got ${JSON.stringify(
        given,
      )}.`,
    );
  }
  const apiUrl = env.GITHUB_API_URL || DEFAULT_API_URL;
  if (!/^https?:/.test(apiUrl) || !URL.canParse(apiUrl)) {
    throw new UsageError(
      `GITHUB_API_URL: use the URL of GitHub's API, such as https://github.example.com/api/v3. Got ${JSON.stringify(
        apiUrl,
      )}.`,
    );
  }
  return { token, apiUrl, owner: repository[1], repo: repository[2] };
};
