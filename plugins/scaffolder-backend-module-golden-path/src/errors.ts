import { CustomErrorBase } from '@backstage/errors';

/** The workflow run ended, and not well. */
export class WorkflowRunFailedError extends CustomErrorBase {
  name = 'WorkflowRunFailedError' as const;
}

/** The provisioner ended, and not every database is as declared. */
export class ProvisionFailedError extends CustomErrorBase {
  name = 'ProvisionFailedError' as const;
}
