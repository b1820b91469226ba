import { appendFile } from 'node:fs/promises';
import type { PublishedPullRequest } from '@goldenpath/plugin-golden-path-node';
import type { Terminal } from './terminal';

/** Prints an opened or updated pull request, and passes it to the next step of a workflow. */
export const reportPullRequest = async (
  { out, env }: Terminal,
  { outcome, number, url }: PublishedPullRequest,
): Promise<void> => {
  out(`Pull request #${number} ${outcome}: ${url}`);
  if (env.GITHUB_OUTPUT) {
    await appendFile(
      env.GITHUB_OUTPUT,
      `pull-request-url=${url}\npull-request-number=${number}\n`,
    );
  }
};
