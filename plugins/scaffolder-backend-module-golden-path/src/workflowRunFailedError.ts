import { CustomErrorBase } from '@backstage/errors';

/** The workflow run ended, and not well. */
export class WorkflowRunFailedError extends CustomErrorBase {
  name = 'WorkflowRunFailedError' as const;
}
