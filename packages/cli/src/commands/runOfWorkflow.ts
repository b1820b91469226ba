import type { Terminal } from '../terminal';
import { isOneLine, isPageUrl, ONE_LINE_RULE } from '../textRules';
import type { InstanceFlags } from './instanceOptions';

/** The page of the workflow run; undefined outside of one. */
export const composeRunUrl = ({ env }: Terminal): string | undefined => {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repo } = env;
  return server && repo && env.GITHUB_RUN_ID
    ? `${server}/${repo}/actions/runs/${env.GITHUB_RUN_ID}`
    : undefined;
};

/** What the workflow run says of itself goes into the audit too. */
export const findRunProblems = (
  terminal: Terminal,
  { runId, runUrl }: Pick<InstanceFlags, 'runId' | 'runUrl'>,
): string[] => {
  const { GITHUB_RUN_ID: id } = terminal.env;
  if (runId === undefined && id && !isOneLine(id))
    return [`GITHUB_RUN_ID: ${ONE_LINE_RULE}. Got ${JSON.stringify(id)}.`];
  const url = composeRunUrl(terminal);
  return runUrl === undefined && url !== undefined && !isPageUrl(url)
    ? [
        `GITHUB_SERVER_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID: the page of the run is no URL; set --run-url. Got ${JSON.stringify(
          url,
        )}.`,
      ]
    : [];
};
