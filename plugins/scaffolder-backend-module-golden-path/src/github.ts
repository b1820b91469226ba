import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  EditFiles,
  InfraListing,
  OctokitFor,
  PullRequestReader,
  Repositories,
  WaitSettings,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';
import { sleepUnlessCancelled } from './cancellation';
import { Clock } from './clock';

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
  /** The infra repo at another branch. */
  infraFilesOf(branch: string): InfraListing;
  /** For git over HTTP. */
  octokitFor: OctokitFor;
}

/** What the clients require of a step. */
interface Step {
  input: { token?: string };
  /** Cancels waits for rate limits. */
  signal?: AbortSignal;
  /** Is told of them. */
  logger: Pick<LoggerService, 'info'>;
}

export type GitHubFor<Part extends keyof GitHub = keyof GitHub> = (
  step: Step,
) => Pick<GitHub, Part>;

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
    createClients(token: string | undefined, waits: WaitSettings): GitHub;
    /** Longest wait of a call for rate limits, in ms. */
    longestWaitMs: number;
    clock: Clock;
  }): GitHubFor =>
  step => {
    const { token } = step.input;
    if (options.requiresUserToken && !token)
      throw new InputError(
        `No user credentials provided for host ${options.host}, but scaffolder.requireScmUserCredentials is enabled. Fill in the form and sign in to GitHub there: Retry hands on no credentials.`,
      );
    return options.createClients(token || undefined, {
      sleep: sleepUnlessCancelled(step, options.clock),
      now: options.clock.now,
      tell: message => step.logger.info(message),
      longestWaitMs: options.longestWaitMs,
    });
  };
