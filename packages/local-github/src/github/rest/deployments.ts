import { deployment, pendingDeployment } from '../present/environment';
import { pendingEnvironments, reviewDeployments } from '../reviews';
import { findRun } from './actions';
import { answerOk, Operations } from './call';

const PENDING =
  '/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments';

/** What the jobs of a run wait for, and what reviewers say to it. */
export const deploymentOperations: Operations = {
  [`GET ${PENDING}`]: call => {
    const { context, repo, actor } = call;
    const run = findRun(call);
    return answerOk(
      pendingEnvironments(repo, run).map(environment =>
        pendingDeployment(context, repo, run, environment, actor),
      ),
    );
  },

  [`POST ${PENDING}`]: async call => {
    const { context, repo, actor } = call;
    const run = findRun(call);
    const body = call.readBody<{
      environment_ids: number[];
      state: 'approved' | 'rejected';
      comment: string;
    }>();
    const waiting = run.jobs.filter(({ status }) => status === 'waiting');
    const reviewed = await reviewDeployments(
      context,
      repo,
      run,
      {
        environmentIds: body.environment_ids,
        state: body.state,
        comment: body.comment,
      },
      actor,
    );
    const names = reviewed.map(({ name }) => name.toLowerCase());
    return answerOk(
      waiting
        .filter(job => names.includes(job.environment?.toLowerCase() ?? ''))
        .map(job => deployment(context, repo, run, job)),
    );
  },
};
