import { useRouteRef } from '@backstage/frontend-plugin-api';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import type { DatabaseSummary } from '@goldenpath/plugin-golden-path-common';
import { databaseRouteRef } from '../routes';
import { isInCatalog } from './isInCatalog';

/** Where a database is shown: the entity's page, or ours while the catalog has no entity. */
export const useDatabaseHref = () => {
  const databaseRoute = useRouteRef(databaseRouteRef);
  const entityLink = useEntityRefLink();
  return (database: DatabaseSummary): string | undefined => {
    if (isInCatalog(database)) return entityLink(database.entityRef);
    const { environment, databaseName } = database;
    return databaseRoute?.({ environment, databaseName });
  };
};
