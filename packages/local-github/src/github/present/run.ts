import { JobRecord, RunRecord, StepRecord } from '../../actions/types';
import { Context } from '../context';
import { Commit } from '../git/commit';
import { Repository } from '../state/model';
import { listJobParts } from '../urls';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';
import { toRepository } from './repository';

/** `workflow-run` of the API's description. @param shown - the repository, presented once for all runs of a list */
export const toWorkflowRun = (
  context: Context,
  repo: Repository,
  shown: ReturnType<typeof toRepository>,
  run: RunRecord,
  workflowId: number,
  head: Commit | undefined,
) => {
  const { urls } = context;
  const rest = (...parts: Array<string | number>) =>
    urls.toRest('repos', repo.owner, repo.name, 'actions', ...parts);
  const self = rest('runs', run.id);
  const actor = toSimpleUser(context, context.keepAccount(run.actor));
  return {
    id: run.id,
    node_id: toNodeId('WorkflowRun', run.id),
    name: run.workflowName,
    display_title: run.displayTitle,
    path: run.workflowPath,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion ?? null,
    run_number: run.runNumber,
    run_attempt: 1,
    workflow_id: workflowId,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    head_commit: head
      ? {
          id: head.sha,
          tree_id: head.tree,
          message: head.message,
          timestamp: head.committer.date,
          author: { name: head.author.name, email: head.author.email },
          committer: { name: head.committer.name, email: head.committer.email },
        }
      : null,
    head_repository: shown,
    repository: shown,
    actor,
    triggering_actor: actor,
    pull_requests: [],
    url: self,
    html_url: urls.toPage(repo.owner, repo.name, 'actions', 'runs', run.id),
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    check_suite_url: urls.toRest(
      'repos',
      repo.owner,
      repo.name,
      'check-suites',
      run.id,
    ),
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    previous_attempt_url: null,
    workflow_url: rest('workflows', workflowId),
    created_at: toSeconds(run.createdAt),
    run_started_at: toSeconds(run.createdAt),
    updated_at: toSeconds(run.updatedAt),
  };
};

/** `job` of the API's description. */
export const toJobJson = (
  { urls }: Context,
  repo: Repository,
  run: RunRecord,
  job: JobRecord,
) => ({
  id: job.id,
  node_id: toNodeId('CheckRun', job.id),
  run_id: run.id,
  run_url: urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'actions',
    'runs',
    run.id,
  ),
  run_attempt: 1,
  workflow_name: run.workflowName,
  head_branch: run.headBranch,
  head_sha: run.headSha,
  name: job.name,
  status: job.status,
  conclusion: job.conclusion ?? null,
  created_at: toSeconds(run.createdAt),
  started_at: toSeconds(job.startedAt ?? run.createdAt),
  completed_at: job.completedAt ? toSeconds(job.completedAt) : null,
  steps: job.steps.map(toStepJson),
  url: urls.toRest('repos', repo.owner, repo.name, 'actions', 'jobs', job.id),
  html_url: toJobPage(urls, repo, run, job),
  check_run_url: urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'check-runs',
    job.id,
  ),
  labels: [],
  runner_id: null,
  runner_name: null,
  runner_group_id: null,
  runner_group_name: null,
});

const toStepJson = (step: StepRecord) => ({
  name: step.name,
  number: step.number,
  status: step.status,
  conclusion: step.conclusion ?? null,
  started_at: step.startedAt ? toSeconds(step.startedAt) : null,
  completed_at: step.completedAt ? toSeconds(step.completedAt) : null,
});

const toJobPage = (
  urls: Context['urls'],
  repo: { owner: string; name: string },
  run: RunRecord,
  job: JobRecord,
) => urls.toPage(repo.owner, repo.name, ...listJobParts(run.id, job.id));

const toSeconds = (time: string): string => time.replace(/\.\d+Z$/, 'Z');
