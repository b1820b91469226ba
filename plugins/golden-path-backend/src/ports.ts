import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import type {
  DatabaseStatus,
  DatabaseSummary,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { DatabaseQuery } from './permissions/rules';
import type { ListFilter } from './permissions/visibleDatabases';

/** What routes and actions read of the store. */
export interface DatabaseStore {
  list(
    filter: Omit<ListFilter, 'owner'> & {
      /** Entity references. */
      owners?: readonly string[];
      /** All, where it is left out. */
      visible?: PermissionCriteria<DatabaseQuery>;
    },
  ): Promise<DatabasePage>;
  get(key: RequestKey): Promise<DatabaseStatus | undefined>;
  /** The databases of an environment whose role has this name. */
  findByUsername(role: {
    environment: string;
    username: string;
  }): Promise<DatabaseSummary[]>;
}

export interface DatabasePage {
  items: DatabaseSummary[];
  /** On all pages. */
  total: number;
  /** Absent on the last page. */
  nextCursor?: string;
}
