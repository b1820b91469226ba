import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import { DatabaseAccess } from '../permissions/access';
import { DatabaseStore } from '../ports';
import { Audited } from '../routes/audited';
import { VisibleDatabases } from './ports';

/** The databases that the caller may see, audited as the routes are. */
export const createVisibleDatabases = ({
  access,
  store,
  audited,
}: {
  access: Pick<DatabaseAccess, 'findVisible' | 'keepVisible'>;
  store: Pick<DatabaseStore, 'list' | 'get'>;
  audited: Audited;
}): VisibleDatabases => ({
  list: ({ owner, ...filter }, credentials) =>
    audited(
      {
        eventId: 'database-fetch',
        meta: { queryType: 'list', by: describeCaller(credentials), ...filter },
      },
      async () => {
        const visible = await access.findVisible(credentials);
        if (visible.kind === 'none') return { items: [], total: 0 };
        return store.list({
          ...filter,
          owners: owner === undefined ? undefined : [owner],
          visible: visible.kind === 'some' ? visible.criteria : undefined,
        });
      },
    ),

  get: (key, credentials) =>
    audited(
      {
        eventId: 'database-fetch',
        meta: { queryType: 'by-name', by: describeCaller(credentials), ...key },
      },
      async () => {
        const found = await store.get(key);
        const [seen] = await access.keepVisible(
          found ? [found] : [],
          credentials,
        );
        if (seen) return seen;
        throw new NotFoundError(
          `There is no database ${JSON.stringify(
            key.databaseName,
          )} in ${JSON.stringify(
            key.environment,
          )}, or you may not see it. Check both names, or call list-databases to see yours.`,
        );
      },
    ),
});

/** An action has no HTTP request that the audit could read the caller from. */
const describeCaller = ({ principal }: BackstageCredentials): string => {
  const { userEntityRef, subject } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return userEntityRef ?? subject ?? 'unknown';
};
