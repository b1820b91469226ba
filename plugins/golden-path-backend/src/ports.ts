import type {
  DatabaseStatus,
  DatabaseSummary,
  RequestKey,
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import type { DatabaseQuery } from './permissions/rules';

/** What the routes read of the store. */
export interface DatabaseStore {
  list(filter: {
    environment?: string;
    owners?: readonly string[];
    status?: StatusStep | StatusProblem;
    text?: string;
    component?: string;
    visible?: PermissionCriteria<DatabaseQuery>;
    limit: number;
    cursor?: string;
  }): Promise<{
    items: DatabaseSummary[];
    total: number;
    nextCursor?: string;
  }>;
  get(key: RequestKey): Promise<DatabaseStatus | undefined>;
  /** The databases of an environment whose role has this name. */
  findByUsername(role: {
    environment: string;
    username: string;
  }): Promise<DatabaseSummary[]>;
}
