import { CustomErrorBase } from '@backstage/errors';

/** The workflow run did not succeed. */
export class WorkflowRunFailedError extends CustomErrorBase {
  name = 'WorkflowRunFailedError' as const;
}

/** The pull request was closed without being merged. */
export class PullRequestClosedError extends CustomErrorBase {
  name = 'PullRequestClosedError' as const;
}

/** After the provisioner's run, not every database is as declared. */
export class ProvisionFailedError extends CustomErrorBase {
  name = 'ProvisionFailedError' as const;
}

/** The provisioner applied changes, but could not record them in the infra repo. */
export class RecordFailedError extends CustomErrorBase {
  name = 'RecordFailedError' as const;
}
