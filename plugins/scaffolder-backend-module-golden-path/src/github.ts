import {
  PullRequestReader,
  Repositories,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';

/** The GitHub clients of the actions, created in module.ts. Each action takes the part that it requires. */
export interface GitHub {
  repositories: Repositories;
  workflowRuns: WorkflowRuns;
  pullRequests: PullRequestReader;
}
