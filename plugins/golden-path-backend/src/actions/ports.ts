import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  DatabaseStatus,
  DatabaseSummary,
  RequestKey,
  RequestPlan,
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import { PlanInput } from '../requests/planRequest';

/** Which databases to list. An empty filter lists all that may be seen. */
export interface DatabaseFilter {
  environment?: string;
  /** Entity reference of a group. */
  owner?: string;
  /** The last step that is done, or the problem. */
  status?: StatusStep | StatusProblem;
  text?: string;
  component?: string;
  limit: number;
  cursor?: string;
}

/** Reads what the caller may see: the same code as the routes. */
export interface VisibleDatabases {
  list(
    filter: DatabaseFilter,
    credentials: BackstageCredentials,
  ): Promise<{ items: DatabaseSummary[]; total: number; nextCursor?: string }>;
  /** @throws NotFoundError for a database that doesn't exist, and for one that the caller may not see */
  get(
    key: RequestKey,
    credentials: BackstageCredentials,
  ): Promise<DatabaseStatus>;
}

/** Plans a request: the same code as POST /plans. @throws NotAllowedError without goldenpath.database.request */
export type PlanAsCaller = (
  /** The fields of the form, unchecked. */
  fields: PlanInput,
  credentials: BackstageCredentials,
) => Promise<RequestPlan>;
