import { DeploymentRules } from '../actions/types';
import { Context } from './context';
import { mayDeploy } from './decide/deploymentRefs';
import { Environment, Repository } from './state/model';
import { isSameName } from './state/runStore';

export const findEnvironment = (
  repo: Repository,
  name: string,
): Environment | undefined =>
  repo.environments?.find(environment => isSameName(environment.name, name));

/** The environment of that name, created without rules where there is none yet. */
export const ensureEnvironment = (
  context: Context,
  repo: Repository,
  name: string,
): Environment => {
  const known = findEnvironment(repo, name);
  if (known) return known;
  const now = context.now();
  const created: Environment = {
    id: context.file.takeId(),
    name,
    createdAt: now,
    updatedAt: now,
    openTo: 'all',
    patterns: [],
    reviewers: { users: [], teams: [] },
    preventSelfReview: false,
    variables: {},
    secrets: {},
  };
  repo.environments = [...(repo.environments ?? []), created];
  return created;
};

/** Rules of an environment, as they are set by hand. */
export interface EnvironmentRules {
  /** Name patterns of branches that may deploy; all may where it is missing. */
  branches?: string[];
  /** Logins, and slugs of teams of the repository's owner. */
  reviewers?: { users?: string[]; teams?: string[] };
  preventSelfReview?: boolean;
}

/** Replaces all rules of an environment; its secrets and variables stay. */
export const setRules = (
  context: Context,
  environment: Environment,
  { branches, reviewers = {}, preventSelfReview = false }: EnvironmentRules,
): void => {
  Object.assign(environment, {
    openTo: branches ? 'patterns' : 'all',
    patterns: (branches ?? []).map(name => ({
      id: context.file.takeId(),
      name,
      type: 'branch',
    })),
    reviewers: { users: reviewers.users ?? [], teams: reviewers.teams ?? [] },
    preventSelfReview,
    updatedAt: context.now(),
  });
};

const hasReviewers = ({ reviewers }: Environment): boolean =>
  reviewers.users.length + reviewers.teams.length > 0;

/** What an environment asks of a job on this ref. */
export const deploymentRules = async (
  context: Context,
  repo: Repository,
  name: string,
  ref: string,
): Promise<DeploymentRules> => {
  const isNew = findEnvironment(repo, name) === undefined;
  const environment = ensureEnvironment(context, repo, name);
  if (isNew) await context.file.save();
  return {
    isRefAllowed: mayDeploy(environment, ref, Object.keys(repo.protections)),
    needsReview: hasReviewers(environment),
  };
};
