import { JobRecord, RunRecord } from '../../actions/types';
import { Actor, Context } from '../context';
import { reviewRefusal } from '../reviews';
import { DeploymentPattern, Environment, Repository } from '../state/model';
import { findTeam } from '../teams';
import { toSimpleUser } from './account';
import { toNodeId } from './toNodeId';
import { toSimpleTeam } from './team';

/** What every mention of an environment shows. */
const environmentLinks = (
  { urls }: Context,
  repo: Repository,
  { id, name }: Environment,
) => ({
  id,
  node_id: toNodeId('Environment', id),
  name,
  url: `${urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'environments',
  )}/${encodeURIComponent(name)}`,
  html_url: urls.toPage(repo.owner, repo.name, 'settings', 'environments', id),
});

const reviewersJson = (
  context: Context,
  repo: Repository,
  { reviewers }: Environment,
) => [
  ...reviewers.users.map(login => ({
    type: 'User',
    reviewer: toSimpleUser(context, context.keepAccount(login)),
  })),
  ...reviewers.teams.flatMap(slug => {
    const team = findTeam(context, repo.owner, slug);
    return team
      ? [{ type: 'Team', reviewer: toSimpleTeam(context, team) }]
      : [];
  }),
];

/** `pending-deployment` of the API's description. */
export const pendingDeployment = (
  context: Context,
  repo: Repository,
  run: RunRecord,
  environment: Environment,
  actor: Actor,
) => ({
  environment: environmentLinks(context, repo, environment),
  wait_timer: 0,
  wait_timer_started_at: null,
  current_user_can_approve:
    reviewRefusal(context, repo, run, environment, actor) === undefined,
  reviewers: reviewersJson(context, repo, environment),
});

/** `deployment` of the API's description: what a job does for its environment. */
export const deployment = (
  context: Context,
  repo: Repository,
  run: RunRecord,
  job: JobRecord,
) => {
  const { urls } = context;
  const url = urls.toRest(
    'repos',
    repo.owner,
    repo.name,
    'deployments',
    job.id,
  );
  return {
    url,
    id: job.id,
    node_id: toNodeId('Deployment', job.id),
    task: 'deploy',
    original_environment: job.environment,
    environment: job.environment,
    description: null,
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: urls.toRest('repos', repo.owner, repo.name),
    creator: toSimpleUser(context, context.keepAccount(run.actor)),
    sha: run.headSha,
    ref: run.headBranch,
    payload: {},
    transient_environment: false,
    production_environment: false,
  };
};

/** `environment` of the API's description. */
export const environmentJson = (
  context: Context,
  repo: Repository,
  environment: Environment,
) => {
  const { id, openTo, preventSelfReview, createdAt, updatedAt } = environment;
  const reviewers = reviewersJson(context, repo, environment);
  const rule = (type: string, more: object = {}) => ({
    id,
    node_id: toNodeId('Gate', id),
    ...more,
    type,
  });
  return {
    ...environmentLinks(context, repo, environment),
    created_at: createdAt,
    updated_at: updatedAt,
    can_admins_bypass: false,
    protection_rules: [
      ...(reviewers.length > 0
        ? [
            rule('required_reviewers', {
              prevent_self_review: preventSelfReview,
              reviewers,
            }),
          ]
        : []),
      ...(openTo === 'all' ? [] : [rule('branch_policy')]),
    ],
    deployment_branch_policy:
      openTo === 'all'
        ? null
        : {
            protected_branches: openTo === 'protected',
            custom_branch_policies: openTo === 'patterns',
          },
  };
};

/** `deployment-branch-policy` of the API's description. */
export const branchPolicy = ({ id, name, type }: DeploymentPattern) => ({
  id,
  node_id: toNodeId('GateBranchPolicy', id),
  name,
  type,
});
