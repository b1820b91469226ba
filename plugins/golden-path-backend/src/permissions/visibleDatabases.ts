import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  DatabaseStatus,
  RequestKey,
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import { DatabasePage, DatabaseStore } from '../ports';
import { DatabaseAccess } from './access';

/** Which databases to list. Every part that is given must match. */
export interface ListFilter {
  environment?: string;
  /** Entity reference of a group. */
  owner?: string;
  /** The last step that is done, or the problem. */
  status?: StatusStep | StatusProblem;
  /** Part of a name. */
  text?: string;
  component?: string;
  limit: number;
  cursor?: string;
}

/** The databases that the caller may see. Routes and actions read here. */
export interface VisibleDatabases {
  /** `total` counts only what the caller may see. */
  list(
    filter: ListFilter,
    credentials: BackstageCredentials,
  ): Promise<DatabasePage>;
  /** @throws NotFoundError, in the same words, for a database that doesn't exist and for one that the caller may not see */
  get(
    key: RequestKey,
    credentials: BackstageCredentials,
  ): Promise<DatabaseStatus>;
}

export const createVisibleDatabases = (
  store: Pick<DatabaseStore, 'list' | 'get'>,
  access: Pick<DatabaseAccess, 'findVisible' | 'keepVisible'>,
): VisibleDatabases => ({
  list: async ({ owner, ...filter }, credentials) => {
    const visible = await access.findVisible(credentials);
    if (visible.kind === 'none') return { items: [], total: 0 };
    return store.list({
      ...filter,
      ...(owner !== undefined && { owners: [owner] }),
      ...(visible.kind === 'some' && { visible: visible.criteria }),
    });
  },
  get: async (key, credentials) => {
    const found = await store.get(key);
    // Asked in both cases, so the time of an answer doesn't tell them apart.
    const [seen] = await access.keepVisible(
      [found ?? { ...key, ownerRef: '' }],
      credentials,
    );
    if (found && seen) return found;
    throw new NotFoundError(
      `There is no database ${JSON.stringify(
        key.databaseName,
      )} in ${JSON.stringify(
        key.environment,
      )}, or you may not see it. Check both names, or ask its owner.`,
    );
  },
});
