import {
  PullRequestReader,
  Repositories,
  WorkflowRuns,
} from '@goldenpath/plugin-golden-path-node';

/** What the actions ask of GitHub; built in module.ts, each action takes the part it needs. */
export interface GitHub {
  repositories: Repositories;
  workflowRuns: WorkflowRuns;
  pullRequests: PullRequestReader;
}
