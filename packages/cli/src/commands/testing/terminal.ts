import { SETTINGS_PATH } from '@goldenpath/plugin-golden-path-common';
import type { Terminal } from '../../terminal';

/** The output and the exit code of a command. */
export interface Said {
  out: string[];
  err: string[];
  code: number;
}

/** The terminal of a command in a test, with a fixed date. */
export const fakeTerminal = (
  env: Terminal['env'] = {},
): { terminal: Terminal; said: Said } => {
  const said: Said = { out: [], err: [], code: 0 };
  return {
    said,
    terminal: {
      env,
      now: () => new Date('2026-11-24T10:00:00Z'),
      out: line => said.out.push(line),
      err: line => said.err.push(line),
      endWith: code => {
        said.code = code;
      },
    },
  };
};

/** The environment of a workflow run. */
export const WORKFLOW_RUN = {
  GITHUB_TOKEN: 'a-canary-token',
  GITHUB_REPOSITORY: 'acme/infra',
};

/** What `readGitHubSettings` returns for {@link WORKFLOW_RUN}. */
export const GITHUB = {
  apiUrl: 'https://api.github.com',
  token: 'a-canary-token',
  owner: 'acme',
  repo: 'infra',
};

/** An infra repo that only allows reading its settings. */
export const onlySettings = (text?: string) => ({
  read: async (path: string): Promise<string | undefined> =>
    path === SETTINGS_PATH ? text : never(),
});

/** A port that must not be called. */
export const never = (): never => {
  throw new Error('This port must not be called.');
};
