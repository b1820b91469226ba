import { GitHubRepo, OctokitFor } from './client';
import { ignoreNotFound } from './repositories';

/**
 * A workflow run with what it did. Times are ISO 8601.
 *
 * @public
 */
export interface RunDetails {
  id: number;
  /** Its page. */
  url: string;
  /** Of the workflow, such as `.github/workflows/rds-database-apply.yml`. */
  path: string;
  startedAt: string;
  updatedAt: string;
  /** Such as `in_progress`; `waiting` is for the reviewers of an environment. */
  status: string;
  /** `success`, `failure`, …; undefined until it is completed. */
  conclusion: string | undefined;
}

/** @public */
export interface RunStep {
  /** Name of the job. */
  job: string;
  name: string;
  conclusion: string | undefined;
  /** ISO 8601; undefined until it is completed. */
  completedAt: string | undefined;
}

/**
 * Reads workflow runs of a repository and their steps; changes nothing.
 *
 * @public
 */
export const createRunReader = (octokitFor: OctokitFor, repo: GitHubRepo) => ({
  /** Lists the runs that the push of a commit started, newest first. */
  ofPush: async (commit: string): Promise<RunDetails[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({
      ...repo,
      event: 'push',
      head_sha: commit,
      per_page: 100,
    });
    return data.workflow_runs.map(toDetails);
  },

  /** Undefined when the run doesn't exist. */
  get: async (runId: number): Promise<RunDetails | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(
      octokit.rest.actions.getWorkflowRun({ ...repo, run_id: runId }),
    );
    return found && toDetails(found.data);
  },

  /** Lists the steps of the run's last attempt; a job without steps counts as one. */
  steps: async (runId: number): Promise<RunStep[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun({
      ...repo,
      run_id: runId,
      per_page: 100,
    });
    return data.jobs.flatMap(job => {
      const steps = job.steps?.length
        ? job.steps
        : [
            {
              name: job.name,
              conclusion: job.conclusion,
              completed_at: job.completed_at,
            },
          ];
      return steps.map(step => ({
        job: job.name,
        name: step.name,
        conclusion: step.conclusion ?? undefined,
        completedAt: step.completed_at ?? undefined,
      }));
    });
  },
});
/** @public */
export type RunReader = ReturnType<typeof createRunReader>;

const toDetails = (run: {
  id: number;
  html_url: string;
  path?: string;
  created_at: string;
  run_started_at?: string;
  updated_at: string;
  status: string | null;
  conclusion: string | null;
}): RunDetails => ({
  id: run.id,
  url: run.html_url,
  path: run.path ?? '',
  startedAt: run.run_started_at ?? run.created_at,
  updatedAt: run.updated_at,
  status: run.status ?? '',
  conclusion: run.status === 'completed' ? run.conclusion ?? '' : undefined,
});
