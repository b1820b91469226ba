import { InputError } from '@backstage/errors';
import {
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import {
  createCommits,
  createContents,
  createPullRequestReader,
  createRepositories,
  createWorkflowRuns,
  EditFiles,
  InfraListing,
  octokitFromIntegrations,
  OctokitFor,
  PullRequestReader,
  Repositories,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from './config';

/** The GitHub clients of one step, all with the same credentials. Each action takes the part that it requires. */
export interface GitHub {
  repositories: Repositories;
  workflowRuns: WorkflowRuns;
  pullRequests: PullRequestReader;
  /** The infra repo at its base branch. */
  infraFiles: InfraListing;
  /** Commits to that branch. */
  editInfraFiles: EditFiles;
  octokitFor: OctokitFor;
}

/**
 * Creates the clients of a step: with its input `token`, else with the credentials in integrations.github.
 * @throws InputError in Backstage's words when scaffolder.requireScmUserCredentials is on and the step has no token
 */
export type GitHubFor<Part extends keyof GitHub = keyof GitHub> = (ctx: {
  input: { token?: string };
}) => Pick<GitHub, Part>;

export const createGitHubFor = (options: {
  infraRepo: GoldenPathConfig['infraRepo'];
  integrations: ScmIntegrationRegistry;
  credentials: GithubCredentialsProvider;
  /** `scaffolder.requireScmUserCredentials`: reads need the user's own token too, as in Backstage's fetch actions. */
  requiresUserToken: boolean;
  sleep?: (ms: number) => Promise<void>;
}): GitHubFor => {
  const { infraRepo, requiresUserToken, ...access } = options;
  const { host, baseBranch } = infraRepo;
  return ({ input: { token } }) => {
    if (requiresUserToken && !token)
      throw new InputError(
        `No user credentials provided for host ${host}, but scaffolder.requireScmUserCredentials is enabled`,
      );
    const octokitFor = octokitFromIntegrations({ ...access, host, token });
    return {
      repositories: createRepositories(octokitFor),
      workflowRuns: createWorkflowRuns(octokitFor),
      pullRequests: createPullRequestReader(octokitFor),
      infraFiles: createContents(octokitFor, infraRepo, baseBranch),
      editInfraFiles: createCommits(octokitFor, infraRepo, baseBranch).edit,
      octokitFor,
    };
  };
};
