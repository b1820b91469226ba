import { requestId, RequestKey } from './names';
import { RemovalFacts, RemovalRequest } from './removal';
import { printRemovalFacts } from './removalFacts';

/** @public */
export const REMOVAL_WORKFLOW_FILE = 'decommission-rds-database.yml';

/**
 * Why a database is decommissioned. A choice, because free text never reaches a workflow.
 *
 * @public
 */
export const REMOVAL_REASONS = [
  'The app is retired',
  'The data moved to another database',
  'It was requested by mistake',
] as const;
/** @public */
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/**
 * The inputs of `decommission-rds-database.yml`, all strings, as GitHub requires.
 *
 * @public
 */
export interface RemovalInputs {
  base_branch: string;
  environment: string;
  database_name: string;
  user: string;
  reason: string;
  /** As `printRemovalFacts` prints them. */
  facts: string;
  request_id: string;
  task_id: string;
}

/**
 * The run-name of the workflow run. It identifies the run if the dispatch returned no ID.
 *
 * @public
 */
export const removalRunName = (key: RequestKey, taskId: string) =>
  `decommission ${requestId(key)} ${taskId}`;

/** @public */
export const removalInputs = (
  removal: RemovalRequest,
  facts: RemovalFacts,
  context: { taskId: string; baseBranch: string },
): RemovalInputs => ({
  base_branch: context.baseBranch,
  environment: removal.environment,
  database_name: removal.databaseName,
  user: removal.requestedBy,
  reason: removal.reason,
  facts: printRemovalFacts(facts),
  request_id: requestId(removal),
  task_id: context.taskId,
});
