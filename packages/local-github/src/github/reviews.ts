import { RunRecord } from '../actions/types';
import { isPerson } from './access';
import { Actor, Context } from './context';
import { findEnvironment } from './environments';
import { createCustomError, createValidationFailed } from './errors';
import { Environment, Repository } from './state/model';
import { isSameName } from './state/runStore';
import { findTeam, roleInTeam } from './teams';

/** The environments that jobs of a run wait for. */
export const pendingEnvironments = (
  repo: Repository,
  run: RunRecord,
): Environment[] => {
  const names = run.jobs
    .filter(job => job.status === 'waiting')
    .map(job => job.environment ?? '');
  const found = names.flatMap(name => findEnvironment(repo, name) ?? []);
  return [...new Set(found)];
};

/** Why somebody may not approve or reject a run's deployments to an environment; undefined where they may. */
export const reviewRefusal = (
  context: Context,
  repo: Repository,
  run: RunRecord,
  environment: Environment,
  actor: Actor,
): string | undefined => {
  const { login } = actor;
  const { reviewers, preventSelfReview, name } = environment;
  const isReviewer =
    isPerson(actor) &&
    (reviewers.users.some(user => isSameName(user, login)) ||
      reviewers.teams.some(slug => {
        const team = findTeam(context, repo.owner, slug);
        return team && roleInTeam(team, login) !== undefined;
      }));
  if (!isReviewer) return `${login} is not a required reviewer of ${name}`;
  if (preventSelfReview && isSameName(run.actor, login))
    return `${login} started this run, and ${name} prevents self-reviews`;
  return undefined;
};

/**
 * Approves or rejects what waits for these environments.
 * @throws GitHubError 422 where nothing waits for one of them, or this isn't theirs to say
 */
export const reviewDeployments = async (
  context: Context,
  repo: Repository,
  run: RunRecord,
  review: {
    environmentIds: number[];
    state: 'approved' | 'rejected';
    comment: string;
  },
  actor: Actor,
): Promise<Environment[]> => {
  const pending = pendingEnvironments(repo, run);
  const wanted = pending.filter(({ id }) => review.environmentIds.includes(id));
  const missing = review.environmentIds.filter(
    id => !wanted.some(environment => environment.id === id),
  );
  if (missing.length > 0 || wanted.length === 0)
    throw createValidationFailed(
      'No pending deployment requests to approve or reject',
    );
  for (const environment of wanted) {
    const refusal = reviewRefusal(context, repo, run, environment, actor);
    if (refusal)
      throw createCustomError('Deployment', refusal, 'environment_ids');
  }
  await context.actions.reviewDeployments(run.id, {
    environments: wanted.map(({ name }) => name),
    state: review.state,
    user: actor.login,
    comment: review.comment,
    at: context.now(),
  });
  return wanted;
};
