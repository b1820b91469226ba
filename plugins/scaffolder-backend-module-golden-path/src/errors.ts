import { CustomErrorBase } from '@backstage/errors';

/** The workflow run ended, and not well. */
export class WorkflowRunFailedError extends CustomErrorBase {
  name = 'WorkflowRunFailedError' as const;
}

/** The provisioner ended, and not every database is as declared. */
export class ProvisionFailedError extends CustomErrorBase {
  name = 'ProvisionFailedError' as const;
}

/** What the provisioner did is done, and could not be written down in the infra repo. */
export class RecordFailedError extends CustomErrorBase {
  name = 'RecordFailedError' as const;
}
