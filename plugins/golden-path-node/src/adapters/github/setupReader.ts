import type { Octokit } from '@octokit/rest';
import type {
  BranchRules,
  GitHubEnvironment,
  GitHubSetup,
} from '../../setup/decide/githubSetup';
import type { Reading } from '../../setup/decide/setupPoint';
import { GitHubRepo, OctokitFor } from './client';
import { readStatus } from './errors';

/** A name and, for a variable, its value. GitHub never shows the value of a secret. */
interface Named {
  name: string;
  value?: string;
}

/**
 * Reads the settings of one repository; changes nothing. What the token may not read has a reason instead of a value.
 *
 * @public
 */
export const createSetupReader = (
  octokitFor: OctokitFor,
  repo: GitHubRepo,
) => ({
  readSetup: async (branch: string): Promise<GitHubSetup> => {
    const octokit = await octokitFor(repo);
    const list = <T>(path: string) =>
      octokit.paginate<T>(`GET /repos/{owner}/{repo}${path}`, {
        ...repo,
        per_page: 100,
      });
    return {
      ids: await orReason(async () => {
        const { data } = await octokit.rest.repos.get({ ...repo });
        return { owner: data.owner.id, repo: data.id };
      }),
      variables: await orReason(async () =>
        toValues([
          ...(await list<Named>('/actions/organization-variables')),
          // Those of the repo win.
          ...(await list<Named>('/actions/variables')),
        ]),
      ),
      secrets: await orReason(async () =>
        toNames([
          ...(await list<Named>('/actions/organization-secrets')),
          ...(await list<Named>('/actions/secrets')),
        ]),
      ),
      environments: await orReason(() => readEnvironments(list)),
      branch: await orReason(() => readBranchRules(octokit, repo, branch)),
      workflows: await orReason(async () => {
        const { data } =
          await octokit.rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(
            { ...repo },
          );
        return {
          byDefault: data.default_workflow_permissions,
          mayOpenPulls: data.can_approve_pull_request_reviews,
        };
      }),
      teams: await orReason(async () =>
        Object.fromEntries(
          (
            await list<{ slug: string; permission: string }>('/teams')
          ).map(({ slug, permission }) => [slug, permission]),
        ),
      ),
    };
  },
});

type List = <T>(path: string) => Promise<T[]>;

/** The part of `environment` of the API's description that is compared. */
interface EnvironmentAnswer {
  name: string;
  protection_rules?: Array<{ type: string }>;
  deployment_branch_policy: {
    protected_branches: boolean;
    custom_branch_policies: boolean;
  } | null;
}

const readEnvironments = async (list: List): Promise<GitHubEnvironment[]> => {
  const environments: GitHubEnvironment[] = [];
  for (const found of await list<EnvironmentAnswer>('/environments')) {
    const path = `/environments/${encodeURIComponent(found.name)}`;
    environments.push({
      name: found.name,
      hasReviewers: (found.protection_rules ?? []).some(
        ({ type }) => type === 'required_reviewers',
      ),
      openTo: await orReason(() => readOpenTo(list, path, found)),
      variables: await orReason(async () =>
        toValues(await list<Named>(`${path}/variables`)),
      ),
      secrets: await orReason(async () =>
        toNames(await list<Named>(`${path}/secrets`)),
      ),
    });
  }
  return environments;
};

const readOpenTo = async (
  list: List,
  path: string,
  { deployment_branch_policy: policy }: EnvironmentAnswer,
) => {
  if (!policy) return 'all' as const;
  if (policy.protected_branches) return 'protected branches' as const;
  const patterns = await list<{ name: string; type?: 'branch' | 'tag' }>(
    `${path}/deployment-branch-policies`,
  );
  return patterns.map(({ name, type = 'branch' }) => ({ name, type }));
};

/** Protection and rulesets apply together, the strictest of each. */
const readBranchRules = async (
  octokit: Octokit,
  repo: GitHubRepo,
  branch: string,
): Promise<BranchRules> => {
  const rules = await octokit.paginate(octokit.rest.repos.getBranchRules, {
    ...repo,
    branch,
    per_page: 100,
  });
  const protection = await readProtection(octokit, repo, branch);
  const reviews = protection?.required_pull_request_reviews;
  const checks = (protection?.required_status_checks?.checks ?? []).map(
    ({ context }) => context,
  );
  let approvals = reviews?.required_approving_review_count ?? (reviews ? 1 : 0);
  let codeOwners = reviews?.require_code_owner_reviews ?? false;
  for (const rule of rules) {
    if (rule.type === 'required_status_checks')
      checks.push(
        ...(rule.parameters?.required_status_checks ?? []).map(
          ({ context }) => context,
        ),
      );
    if (rule.type === 'pull_request') {
      approvals = Math.max(
        approvals,
        rule.parameters?.required_approving_review_count ?? 0,
      );
      codeOwners ||= rule.parameters?.require_code_owner_review ?? false;
    }
  }
  const forbids = (type: string) => rules.some(rule => rule.type === type);
  return {
    checks,
    approvals,
    codeOwners,
    allowsForcePushes:
      !forbids('non_fast_forward') &&
      (protection?.allow_force_pushes?.enabled ?? !protection),
    allowsDeletion:
      !forbids('deletion') &&
      (protection?.allow_deletions?.enabled ?? !protection),
    includesAdmins: protection
      ? protection.enforce_admins?.enabled ?? false
      : undefined,
  };
};

const readProtection = async (
  octokit: Octokit,
  repo: GitHubRepo,
  branch: string,
) => {
  try {
    const { data } = await octokit.rest.repos.getBranchProtection({
      ...repo,
      branch,
    });
    return data;
  } catch (error) {
    // The same status hides the branch from a token that may not see its protection.
    if (readMessage(error) === 'Branch not protected') return undefined;
    throw error;
  }
};

const toValues = (variables: Named[]): Record<string, string> =>
  Object.fromEntries(variables.map(({ name, value = '' }) => [name, value]));
const toNames = (secrets: Named[]): string[] => secrets.map(({ name }) => name);

/** GitHub hides what a token may not read behind 403 or 404. */
const orReason = async <T>(work: () => Promise<T>): Promise<Reading<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    const status = readStatus(error) ?? 0;
    if (![403, 404].includes(status)) throw error;
    return {
      reason: `GitHub answered ${status}, ${JSON.stringify(
        readMessage(error) ?? '',
      )}. Use the token of an administrator of the repo.`,
    };
  }
};

const readMessage = (error: unknown): string | undefined => {
  const { cause } = error as {
    cause?: { response?: { data?: { message?: string } } };
  };
  return cause?.response?.data?.message;
};
