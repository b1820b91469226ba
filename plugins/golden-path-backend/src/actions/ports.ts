import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  DatabaseStatus,
  DatabaseSummary,
  RequestPlan,
} from '@goldenpath/plugin-golden-path-common';

/** Which databases to list. An empty filter lists all that may be seen. */
export interface DatabaseFilter {
  environment?: string;
  /** Entity reference of a group. */
  owner?: string;
  /** A step or a problem. */
  status?: string;
  text?: string;
  component?: string;
  limit: number;
  cursor?: string;
}

export interface DatabaseKey {
  environment: string;
  databaseName: string;
}

/** Reads what the caller may see: the same code as the routes. */
export interface VisibleDatabases {
  list(
    filter: DatabaseFilter,
    credentials: BackstageCredentials,
  ): Promise<{ items: DatabaseSummary[]; total: number; nextCursor?: string }>;
  /** @throws NotFoundError for a database that doesn't exist, and for one that the caller may not see */
  get(
    key: DatabaseKey,
    credentials: BackstageCredentials,
  ): Promise<DatabaseStatus>;
}

/** Plans a request: the same code as POST /plans. @throws NotAllowedError without goldenpath.database.request */
export type PlanRequest = (
  /** The fields of the form, unchecked. */
  fields: Record<string, unknown>,
  credentials: BackstageCredentials,
) => Promise<RequestPlan>;
