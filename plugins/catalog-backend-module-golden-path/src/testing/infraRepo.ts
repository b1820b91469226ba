import {
  CATALOG_PATH,
  catalogEntry,
} from '@goldenpath/plugin-golden-path-common';
import { stringify } from 'yaml';
import type { ProviderConfig } from '../config';

/** The provider's configuration for github.com/acme/platform-infra. */
export const CONFIG: ProviderConfig = {
  infraRepo: {
    webUrl: 'https://github.com',
    owner: 'acme',
    repo: 'platform-infra',
    branch: 'main',
    catalogPath: undefined,
  },
  instanceOwner: 'group:default/platform-team',
  region: 'eu-central-1',
  schedule: { frequency: { minutes: 5 }, timeout: { minutes: 3 } },
};

/** The entry of one database, as a request writes it. */
export const entryOf = (
  environment: string,
  databaseName: string,
  owner = 'platform-team',
) =>
  catalogEntry(
    {
      environment,
      databaseName,
      owner,
      component_id: 'user-service',
      username: 'users_app_user',
      domain: 'delivery',
      risk: 'medium',
      size: 'small',
      requestedBy: 'jane',
    },
    { createdDate: '2026-11-24' },
  );

/** The text of rds-catalog.yaml. */
export const catalogOf = (
  databases: Record<string, Record<string, unknown>>,
): string => stringify({ version: '1.0', databases });

/** The files of an infra repo, by path. A test changes them. */
export const infraRepoOf = (
  databases: Record<string, Record<string, unknown>>,
): Record<string, string> => ({ [CATALOG_PATH]: catalogOf(databases) });
