import { computeWorkflowId } from '../../actions/service';
import { JobRecord, RunRecord, WorkflowSummary } from '../../actions/types';
import { filterRuns } from '../decide/runFilter';
import { dispatchWorkflow } from '../dispatch';
import { createNotFound, GitHubError } from '../errors';
import { toNodeId } from '../present/toNodeId';
import { toRepository } from '../present/repository';
import { toJobJson, toWorkflowRun } from '../present/run';
import { listJobParts } from '../urls';
import {
  Answer,
  Call,
  answerNoContent,
  answerOk,
  Operations,
  answerRedirect,
} from './call';

const PATH = '/repos/{owner}/{repo}/actions';
const WORKFLOW = `${PATH}/workflows/{workflow_id}`;
const RUN = `${PATH}/runs/{run_id}`;
/** From this version on a dispatch always answers with the run. */
const ALWAYS_DETAILS = '2026-03-10';

/** Workflows, their runs and jobs. */
export const actionOperations: Operations = {
  [`GET ${WORKFLOW}`]: async call =>
    answerOk(toWorkflowJson(call, await findWorkflow(call))),

  [`POST ${WORKFLOW}/dispatches`]: async call => {
    const body = call.readBody<{
      ref: string;
      inputs?: Record<string, unknown>;
      return_run_details?: boolean;
    }>();
    const answers = call.context.dispatchAnswers;
    if (answers === 'field-unknown' && body.return_run_details !== undefined)
      throw new GitHubError(
        400,
        'Invalid request.\n\n"return_run_details" is not a permitted key.',
      );
    const run = await dispatchWorkflow(
      call.context,
      call.repo,
      call.params.workflow_id,
      body.ref,
      Object.fromEntries(
        Object.entries(body.inputs ?? {}).map(([name, value]) => [
          name,
          String(value),
        ]),
      ),
      call.actor,
    );
    const namesRun =
      answers === 'run' &&
      (body.return_run_details || call.apiVersion === ALWAYS_DETAILS);
    if (!namesRun) return answerNoContent();
    const { urls } = call.context;
    const { owner, name } = call.repo;
    return answerOk({
      workflow_run_id: run.id,
      run_url: urls.toRest('repos', owner, name, 'actions', 'runs', run.id),
      html_url: urls.toPage(owner, name, 'actions', 'runs', run.id),
    });
  },

  [`GET ${WORKFLOW}/runs`]: async call => {
    const { path } = await findWorkflow(call);
    return answerRuns(
      call,
      call.context.runs
        .list(call.repo)
        .filter(run => run.workflowPath === path),
    );
  },

  [`GET ${PATH}/runs`]: call =>
    answerRuns(call, call.context.runs.list(call.repo)),

  [`GET ${RUN}`]: async call =>
    answerOk(await createRunPresenter(call)(findRun(call))),

  [`GET ${RUN}/jobs`]: call => {
    const run = findRun(call);
    const page = call.answerPage(run.jobs, items =>
      items.map(job => toJobJson(call.context, call.repo, run, job)),
    );
    return addTotal(page, 'jobs', run.jobs.length);
  },

  [`GET ${PATH}/jobs/{job_id}/logs`]: call => {
    const { run, job } = findJob(call);
    const { owner, name } = call.repo;
    return answerRedirect(
      call.context.urls.toPage(
        owner,
        name,
        ...listJobParts(run.id, job.id),
        'log.txt',
      ),
    );
  },
};

const findWorkflow = async ({
  context,
  repo,
  params,
}: Call): Promise<WorkflowSummary> => {
  const wanted = params.workflow_id;
  const found = (await context.actions.listWorkflows(repo)).find(
    ({ id, path }) =>
      String(id) === wanted ||
      path === wanted ||
      path === `.github/workflows/${wanted}`,
  );
  if (!found) throw createNotFound();
  return found;
};

export const findRun = ({ context, repo, params }: Call): RunRecord => {
  const found = context.runs
    .list(repo)
    .find(({ id }) => String(id) === params.run_id);
  if (!found) throw createNotFound();
  return found;
};

const findJob = ({
  context,
  repo,
  params,
}: Call): { run: RunRecord; job: JobRecord } => {
  for (const run of context.runs.list(repo)) {
    const job = run.jobs.find(({ id }) => String(id) === params.job_id);
    if (job) return { run, job };
  }
  throw createNotFound();
};

const addTotal = (page: Answer, key: string, total: number): Answer => ({
  ...page,
  body: { total_count: total, [key]: page.body },
});

const answerRuns = async (call: Call, runs: RunRecord[]): Promise<Answer> => {
  const found = filterRuns(runs, call.query);
  const page = call.answerPage(found);
  const items = page.body as RunRecord[];
  const present = createRunPresenter(call);
  const presented = await Promise.all(items.map(present));
  return addTotal({ ...page, body: presented }, 'workflow_runs', found.length);
};

const createRunPresenter = ({ git, context, repo }: Call) => {
  const shown = toRepository(context, repo);
  return async (run: RunRecord) =>
    toWorkflowRun(
      context,
      repo,
      shown,
      run,
      computeWorkflowId(run.repo, run.workflowPath),
      await git.findCommit(run.headSha),
    );
};

const toWorkflowJson = (
  { context, repo }: Call,
  { id, name, path }: WorkflowSummary,
) => {
  const { urls } = context;
  return {
    id,
    node_id: toNodeId('Workflow', id),
    name,
    path,
    state: repo.disabledWorkflows?.includes(path)
      ? 'disabled_manually'
      : 'active',
    created_at: repo.createdAt,
    updated_at: repo.pushedAt,
    url: urls.toRest(
      'repos',
      repo.owner,
      repo.name,
      'actions',
      'workflows',
      id,
    ),
    html_url: urls.toPage(
      repo.owner,
      repo.name,
      'blob',
      repo.defaultBranch,
      path,
    ),
    badge_url: urls.toPage(
      repo.owner,
      repo.name,
      'actions',
      'workflows',
      path.slice(path.lastIndexOf('/') + 1),
      'badge.svg',
    ),
  };
};
