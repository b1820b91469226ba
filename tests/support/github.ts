import { execFileSync } from 'node:child_process';
import { until } from './platform';

/** Valid on a GitHub that takes every token. */
const TOKEN = 'local-token';

export interface PullRequest {
  number: number;
  title: string;
  body: string;
  state: string;
  merged_at: string | null;
  html_url: string;
  head: { ref: string };
  labels: Array<{ name: string }>;
  requested_teams: Array<{ slug: string }>;
}
export interface WorkflowRun {
  id: number;
  name: string;
  display_title: string;
  status: string;
  conclusion: string | null;
  event: string;
  path: string;
  head_sha: string;
  html_url: string;
}

/** A client of GitHub's REST API with plain fetch. */
export const githubClient = (apiUrl: string, repo: string, token = TOKEN) => {
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `token ${token}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const json = async <T>(path: string): Promise<T> => {
    const answer = await call('GET', path);
    if (!answer.ok)
      throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const runs = async () =>
    (
      await json<{ workflow_runs: WorkflowRun[] }>(
        `/repos/${repo}/actions/runs?per_page=100`,
      )
    ).workflow_runs;
  return {
    call,
    json,
    runs,
    pullRequests: (state = 'all') =>
      json<PullRequest[]>(`/repos/${repo}/pulls?state=${state}&per_page=100`),
    pullRequestFiles: async (number: number) =>
      (
        await json<Array<{ filename: string }>>(
          `/repos/${repo}/pulls/${number}/files`,
        )
      ).map(file => file.filename),
    merge: (number: number) =>
      call('PUT', `/repos/${repo}/pulls/${number}/merge`, {
        merge_method: 'squash',
      }),
    /** The text of a file on a branch; undefined if it does not exist. */
    file: async (path: string, ref = 'main'): Promise<string | undefined> => {
      const answer = await call(
        'GET',
        `/repos/${repo}/contents/${path}?ref=${ref}`,
      );
      if (answer.status === 404) return undefined;
      const { content } = (await answer.json()) as { content: string };
      return Buffer.from(content, 'base64').toString('utf8');
    },
    /** The newest run of a workflow file, once it has ended. */
    finishedRun: (workflow: string, since = 0) =>
      until(async () => {
        const [newest] = (await runs())
          .filter(run => run.path.endsWith(workflow) && run.id > since)
          .sort((a, b) => b.id - a.id);
        return newest?.status === 'completed' ? newest : undefined;
      }, `a run of ${workflow} to end`),
    /** The logs of all jobs of a run, as text. */
    runLog: async (runId: number) => {
      const { jobs } = await json<{ jobs: Array<{ id: number }> }>(
        `/repos/${repo}/actions/runs/${runId}/jobs`,
      );
      const logs = await Promise.all(
        jobs.map(job =>
          call('GET', `/repos/${repo}/actions/jobs/${job.id}/logs`).then(
            answer => answer.text(),
          ),
        ),
      );
      return logs.join('\n');
    },
  };
};
export type GitHubClient = ReturnType<typeof githubClient>;

/** A real clone over HTTP. */
export const clone = (url: string, folder: string) =>
  execFileSync('git', ['clone', '--quiet', url, folder], {
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
