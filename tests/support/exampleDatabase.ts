import {
  catalogEntry,
  DeclaredDatabase,
} from '@goldenpath/plugin-golden-path-common';
import { stringify } from 'yaml';

/** The fields of the form that have no default. */
export const EXAMPLE_FORM = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'group:default/platform-team',
  environment: 'dev',
};

/** The same as the infra repo declares it. */
export const EXAMPLE_DATABASE: DeclaredDatabase = {
  ...EXAMPLE_FORM,
  owner: 'platform-team',
  domain: 'delivery',
  risk: 'medium',
  size: 'small',
  requestedBy: 'jane',
};

/** The day on which every example is declared. */
export const CREATED = { createdDate: '2026-11-24' };

/** The example with another name and a user of this name. */
export const declareDatabase = (
  databaseName: string,
  changed: Partial<DeclaredDatabase> = {},
): DeclaredDatabase => ({
  ...EXAMPLE_DATABASE,
  databaseName,
  username: `${databaseName}_user`,
  ...changed,
});

/** The rds-catalog.yaml that declares these databases. */
export const renderCatalog = (
  databases: readonly DeclaredDatabase[],
): string => {
  const declared: Record<string, Record<string, object>> = {};
  for (const database of databases) {
    declared[database.environment] ??= {};
    declared[database.environment][database.databaseName] = catalogEntry(
      database,
      CREATED,
    );
  }
  return stringify({ version: '1.0', databases: declared });
};
