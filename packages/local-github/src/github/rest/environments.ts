import { ensureEnvironment, findEnvironment } from '../environments';
import { GitHubError, createNotFound, createValidationFailed } from '../errors';
import { branchPolicy, environmentJson } from '../present/environment';
import { Environment } from '../state/model';
import { Answer, Call, answerOk, Operations } from './call';

const PATH = '/repos/{owner}/{repo}/environments';
const ENVIRONMENT = `${PATH}/{environment_name}`;
const POLICIES = `${ENVIRONMENT}/deployment-branch-policies`;
/** https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments#required-reviewers */
const MOST_REVIEWERS = 6;

interface EnvironmentBody {
  wait_timer?: number;
  prevent_self_review?: boolean;
  reviewers?: Array<{ type?: 'User' | 'Team'; id?: number }> | null;
  deployment_branch_policy?: {
    protected_branches: boolean;
    custom_branch_policies: boolean;
  } | null;
}

/** Environments and the rules that protect them. */
export const environmentOperations: Operations = {
  [`GET ${PATH}`]: call => {
    const { context, repo } = call;
    const all = repo.environments ?? [];
    const page = call.answerPage(all, items =>
      items.map(createEnvironment =>
        environmentJson(context, repo, createEnvironment),
      ),
    );
    return {
      ...page,
      body: { total_count: all.length, environments: page.body },
    };
  },

  [`GET ${ENVIRONMENT}`]: call => show(call, environmentOf(call)),

  /** Whatever the body leaves out has no rule afterwards. */
  [`PUT ${ENVIRONMENT}`]: call => {
    const { context, repo } = call;
    const body = call.readBody<EnvironmentBody | null>() ?? {};
    const rules = {
      openTo: readOpenTo(body),
      reviewers: readReviewers(call, body.reviewers ?? []),
      preventSelfReview: body.prevent_self_review ?? false,
    };
    if (body.wait_timer)
      throw createValidationFailed('The local GitHub has no wait timers.');
    const name = call.params.environment_name;
    const environment = ensureEnvironment(context, repo, name);
    Object.assign(environment, rules, { updatedAt: context.now() });
    if (rules.openTo !== 'patterns') environment.patterns = [];
    return show(call, environment);
  },

  [`GET ${POLICIES}`]: call => {
    const { patterns } = environmentOf(call);
    const page = call.answerPage(patterns, items => items.map(branchPolicy));
    return {
      ...page,
      body: { total_count: patterns.length, branch_policies: page.body },
    };
  },

  [`POST ${POLICIES}`]: call => {
    const environment = environmentOf(call);
    if (environment.openTo !== 'patterns') throw createNotFound();
    const { name, type = 'branch' } = call.readBody<{
      name: string;
      type?: 'branch' | 'tag';
    }>();
    const isKnown = environment.patterns.some(
      pattern => pattern.name === name && pattern.type === type,
    );
    if (isKnown) return { status: 303 };
    const added = { id: call.context.file.takeId(), name, type };
    environment.patterns.push(added);
    return answerOk(branchPolicy(added));
  },
};

/** The environment of the path. @throws GitHubError 404 */
export const environmentOf = ({ repo, params }: Call): Environment => {
  const found = findEnvironment(repo, params.environment_name);
  if (!found) throw createNotFound();
  return found;
};

const show = ({ context, repo }: Call, environment: Environment): Answer =>
  answerOk(environmentJson(context, repo, environment));

const readOpenTo = ({
  deployment_branch_policy: policy,
}: EnvironmentBody): Environment['openTo'] => {
  if (!policy) return 'all';
  if (policy.protected_branches === policy.custom_branch_policies)
    throw new GitHubError(
      422,
      'protected_branches and custom_branch_policies cannot have the same value.',
    );
  return policy.protected_branches ? 'protected' : 'patterns';
};

const readReviewers = (
  { context: { state }, repo }: Call,
  wanted: NonNullable<EnvironmentBody['reviewers']>,
): Environment['reviewers'] => {
  if (wanted.length > MOST_REVIEWERS)
    throw createValidationFailed(
      `An environment has at most ${MOST_REVIEWERS} reviewers.`,
    );
  const reviewers: Environment['reviewers'] = { users: [], teams: [] };
  for (const { type, id } of wanted) {
    const user = state.accounts.find(one => one.id === id);
    const team = state.teams.find(
      one => one.id === id && one.org === repo.owner,
    );
    if (type === 'User' && user?.type === 'User')
      reviewers.users.push(user.login);
    else if (type === 'Team' && team) reviewers.teams.push(team.slug);
    else throw createValidationFailed(`There is no reviewer ${type} ${id}.`);
  }
  return reviewers;
};
