import { DatabaseRequest } from './request';
import { requestId } from './names';

/**
 * The inputs of `create-rds-database.yml`, all strings, as GitHub requires. Without the description: free text never
 * reaches a workflow.
 *
 * @public
 */
export interface WorkflowInputs {
  base_branch: string;
  environment: string;
  database_name: string;
  username: string;
  owner: string;
  user: string;
  domain: string;
  risk: string;
  size: string;
  component_id: string;
  request_id: string;
  task_id: string;
}

/** @public */
export const workflowInputs = (
  request: DatabaseRequest,
  context: { taskId: string; baseBranch: string },
): WorkflowInputs => ({
  base_branch: context.baseBranch,
  environment: request.environment,
  database_name: request.databaseName,
  username: request.username,
  owner: request.owner,
  user: request.requestedBy,
  domain: request.domain,
  risk: request.risk,
  size: request.size,
  component_id: request.component_id,
  request_id: requestId(request),
  task_id: context.taskId,
});
