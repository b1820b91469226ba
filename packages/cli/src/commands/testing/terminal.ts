import { SETTINGS_PATH } from '@goldenpath/plugin-golden-path-common';
import type { Terminal } from '../../terminal';

/** What a command said and ended with. */
export interface Said {
  out: string[];
  err: string[];
  code: number;
}

/** The process as a command sees it in a test, on one day of 2026. */
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

/** What `githubSettings` makes of {@link WORKFLOW_RUN}. */
export const GITHUB = {
  apiUrl: 'https://api.github.com',
  token: 'a-canary-token',
  owner: 'acme',
  repo: 'infra',
};

/** An infra repo of which nothing but its settings is to be read. */
export const onlySettings = (text?: string) => ({
  read: async (path: string): Promise<string | undefined> =>
    path === SETTINGS_PATH ? text : never(),
});

/** A port that must not be asked for. */
export const never = (): never => {
  throw new Error('This was not to be asked for.');
};
