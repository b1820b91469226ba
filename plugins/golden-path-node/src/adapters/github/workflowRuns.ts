import type { Octokit } from '@octokit/rest';
import { InputError } from '@backstage/errors';
import { GitHubRepo, OctokitFor } from './client';
import { findDispatchAdvice, RefusedDispatch } from './dispatchRefusal';
import { formatTime, readStatus, withoutRepetition } from './errors';
import { ignoreNotFound } from './repositories';

/** @public */
export interface WorkflowRun {
  id: number;
  /** Its page. */
  url: string;
  /** Its `run-name`, evaluated. */
  title: string;
  isCompleted: boolean;
  /** `success`, `failure`, `cancelled`, `timed_out`, …; undefined until the run is completed. */
  conclusion: string | undefined;
  /** From 1; a re-run on GitHub keeps the run and raises it. */
  attempt: number;
  /** Of the workflow, such as `.github/workflows/create-rds-database.yml`. */
  path: string;
}

const RUNS_PER_PAGE = 100;
/** GitHub lists a thousand runs of a filter at most. */
const PAGES_TO_SEARCH = 10;
/** How far this machine's clock may be ahead of GitHub's, in ms. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Dispatches, finds and reads workflow runs.
 *
 * @public
 */
export const createWorkflowRuns = (octokitFor: OctokitFor) => ({
  /** Whether the workflow is enabled; undefined when the repository doesn't have it. */
  isEnabled: async (
    repo: GitHubRepo,
    workflow: string,
  ): Promise<boolean | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(
      octokit.rest.actions.getWorkflow({ ...repo, workflow_id: workflow }),
    );
    return found && found.data.state === 'active';
  },

  /**
   * Dispatches a workflow. Never retries.
   * @returns the run when GitHub names it; undefined when the caller must look it up
   * @throws InputError when the workflow rejects the inputs
   * @throws ServiceUnavailableError when it is unknown whether GitHub has dispatched
   */
  dispatch: async (
    repo: GitHubRepo,
    run: { workflow: string; ref: string; inputs: Record<string, string> },
  ): Promise<{ id: number; url: string } | undefined> => {
    const octokit = await octokitFor(repo);
    const send = (details: { return_run_details?: true }) =>
      octokit.request(
        'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        {
          ...repo,
          workflow_id: run.workflow,
          ref: run.ref,
          inputs: run.inputs,
          ...details,
        },
      );
    // GitHub Enterprise Server up to 3.20 rejects the field with 400 and dispatches nothing.
    const answer = await send({ return_run_details: true })
      .catch(error => {
        if (readStatus(error) !== 400) throw error;
        return send({});
      })
      .catch(async error => {
        throw await explainRefusal(error, octokit, repo, run);
      });
    const data = answer.data as
      | { workflow_run_id?: number; html_url?: string }
      | undefined;
    return data?.workflow_run_id && data.html_url
      ? { id: data.workflow_run_id, url: data.html_url }
      : undefined;
  },

  /** Finds the dispatched runs with this run-name since a time, newest first. */
  findByTitle: async (
    repo: GitHubRepo,
    workflow: string,
    title: string,
    since?: Date,
  ): Promise<WorkflowRun[]> => {
    const octokit = await octokitFor(repo);
    const created = since && `>=${formatTime(since.getTime() - CLOCK_SKEW_MS)}`;
    for (let page = 1; page <= PAGES_TO_SEARCH; page++) {
      const { data } = await octokit.rest.actions.listWorkflowRuns({
        ...repo,
        workflow_id: workflow,
        event: 'workflow_dispatch',
        created,
        per_page: RUNS_PER_PAGE,
        page,
      });
      const found = data.workflow_runs
        .map(toRun)
        .filter(run => run.title === title);
      if (found.length > 0 || data.workflow_runs.length < RUNS_PER_PAGE)
        return found;
    }
    return [];
  },

  /** Lists a workflow's last 100 dispatched runs, newest first: one call for all tasks that follow one. */
  latest: async (
    repo: GitHubRepo,
    workflow: string,
  ): Promise<WorkflowRun[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.actions.listWorkflowRuns({
      ...repo,
      workflow_id: workflow,
      event: 'workflow_dispatch',
      per_page: RUNS_PER_PAGE,
    });
    return data.workflow_runs.map(toRun);
  },

  /** Lists the runs that the push of a commit started, newest first. */
  ofPush: async (repo: GitHubRepo, commit: string): Promise<WorkflowRun[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({
      ...repo,
      event: 'push',
      head_sha: commit,
      per_page: RUNS_PER_PAGE,
    });
    return data.workflow_runs.map(toRun);
  },

  /** Undefined when the run doesn't exist. */
  get: async (
    repo: GitHubRepo,
    runId: number,
  ): Promise<WorkflowRun | undefined> => {
    const octokit = await octokitFor(repo);
    const found = await ignoreNotFound(
      octokit.rest.actions.getWorkflowRun({ ...repo, run_id: runId }),
    );
    return found && toRun(found.data);
  },

  /** Lists the failed steps of the run as `<job>: <step>`. */
  failedSteps: async (repo: GitHubRepo, runId: number): Promise<string[]> => {
    const octokit = await octokitFor(repo);
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun({
      ...repo,
      run_id: runId,
      per_page: 100,
    });
    return data.jobs
      .filter(job => job.conclusion === 'failure')
      .flatMap(job => {
        const steps = (job.steps ?? []).filter(
          step => step.conclusion === 'failure',
        );
        return steps.length > 0
          ? steps.map(step => `${job.name}: ${step.name}`)
          : [job.name];
      });
  },
});
/** @public */
export type WorkflowRuns = ReturnType<typeof createWorkflowRuns>;

/** Adds the next step to what GitHub says of a dispatch that it refuses with 422. */
const explainRefusal = async (
  error: Error,
  octokit: Octokit,
  repo: GitHubRepo,
  run: RefusedDispatch,
): Promise<Error> => {
  if (readStatus(error) !== 422) return error;
  const advice = await findDispatchAdvice(octokit, repo, run);
  return withoutRepetition(
    new InputError(
      `${error.message}. ${advice}, then try again.`,
      error.cause as Error,
    ),
  );
};

const toRun = (run: {
  id: number;
  html_url: string;
  display_title?: string;
  name?: string | null;
  status: string | null;
  conclusion: string | null;
  run_attempt?: number;
  path?: string;
}): WorkflowRun => ({
  id: run.id,
  url: run.html_url,
  title: run.display_title ?? run.name ?? '',
  isCompleted: run.status === 'completed',
  conclusion: run.conclusion ?? undefined,
  attempt: run.run_attempt ?? 1,
  path: run.path ?? '',
});
