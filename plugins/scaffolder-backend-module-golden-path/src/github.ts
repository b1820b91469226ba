import { InputError } from '@backstage/errors';
import {
  EditFiles,
  InfraListing,
  OctokitFor,
  PullRequestReader,
  Repositories,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';

/**
 * The GitHub clients of one step, all with the same credentials; created in module.ts. Each action takes the part that it
 * requires.
 */
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

export type GitHubFor<Part extends keyof GitHub = keyof GitHub> = (ctx: {
  input: { token?: string };
}) => Pick<GitHub, Part>;

/**
 * Chooses the credentials of a step: its input `token`, else those in integrations.github.
 * @throws InputError in Backstage's words when scaffolder.requireScmUserCredentials is on and the step has no token
 */
export const createGitHubFor =
  (options: {
    host: string;
    /** `scaffolder.requireScmUserCredentials`. Reads need the user's token too, as in Backstage's fetch actions. */
    requiresUserToken: boolean;
    /** Creates the clients; without a token, with the credentials in integrations.github. */
    createClients(token: string | undefined): GitHub;
  }): GitHubFor =>
  ({ input: { token } }) => {
    if (options.requiresUserToken && !token)
      throw new InputError(
        `No user credentials provided for host ${options.host}, but scaffolder.requireScmUserCredentials is enabled`,
      );
    return options.createClients(token || undefined);
  };
