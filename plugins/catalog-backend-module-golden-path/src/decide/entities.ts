import {
  ANNOTATION_EDIT_URL,
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  ANNOTATION_VIEW_URL,
  Entity,
} from '@backstage/catalog-model';
import {
  CatalogEntry,
  DATABASE_ANNOTATION,
  entityName,
  formatOwnerRef,
  ownerLabel,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { LastRun } from './lastRuns';
import {
  fileUrl,
  InfraRepo,
  pullRequestsUrl,
  runUrl,
  secretUrl,
  settingsUrl,
} from '@goldenpath/plugin-golden-path-node';

/** What all entities share. */
export interface EntityContext {
  infraRepo: InfraRepo;
  catalogPath: string;
  /** Entity reference. */
  instanceOwner: string;
  region: string | undefined;
}

/** The name of an environment's instance. No database's: an environment's name has no hyphen. */
const instanceName = (environment: string): string => `rds-${environment}`;

/** One database of the catalog. */
export const databaseEntity = (
  key: RequestKey,
  { metadata, configuration }: CatalogEntry,
  run: LastRun | undefined,
  { infraRepo, catalogPath, region }: EntityContext,
): Entity => {
  const { environment, databaseName } = key;
  const runPage = runUrl(infraRepo, run);
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: entityName(key),
      title: `${databaseName} (${environment})`,
      description: `PostgreSQL database of ${metadata.component} in ${environment}`,
      labels: {
        'goldenpath.io/environment': environment,
        'goldenpath.io/owner': ownerLabel(metadata.owner),
      },
      annotations: {
        ...locate(fileUrl(infraRepo, catalogPath)),
        [DATABASE_ANNOTATION]: databaseName,
        'goldenpath.io/environment': environment,
        'goldenpath.io/component': metadata.component,
        'goldenpath.io/username': configuration.username,
        'goldenpath.io/secret': configuration.secret_path,
        'goldenpath.io/status': metadata.status,
        'goldenpath.io/risk': metadata.risk,
        'goldenpath.io/size': configuration.size_tier,
        'goldenpath.io/requested-by': metadata.requested_by,
        'goldenpath.io/created': metadata.created_date,
      },
      tags: ['postgresql', environment],
      links: [
        {
          url: pullRequestsUrl(infraRepo, key),
          title: 'Pull request',
          icon: 'github',
        },
        ...(region
          ? [
              {
                url: secretUrl(region, configuration.secret_path),
                title: 'Secret',
                icon: 'cloud',
              },
            ]
          : []),
        ...(runPage
          ? [{ url: runPage, title: 'Last run', icon: 'github' }]
          : []),
      ],
    },
    spec: {
      type: 'database',
      owner: formatOwnerRef(metadata.owner),
      lifecycle: metadata.status,
      dependsOn: [`resource:default/${instanceName(environment)}`],
      // The app's own catalog-info.yaml names only the database that it was created with.
      dependencyOf: [`component:default/${metadata.component}`],
    },
  };
};

/** The shared RDS instance of an environment. */
export const instanceEntity = (
  environment: string,
  { infraRepo, instanceOwner }: EntityContext,
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: {
    name: instanceName(environment),
    title: `RDS instance (${environment})`,
    description: `Shared PostgreSQL instance of ${environment}`,
    labels: { 'goldenpath.io/environment': environment },
    annotations: {
      ...locate(settingsUrl(infraRepo)),
      'goldenpath.io/environment': environment,
    },
    tags: ['postgresql', environment],
  },
  spec: { type: 'database-instance', owner: instanceOwner },
});

const locate = (url: string): Record<string, string> => ({
  [ANNOTATION_LOCATION]: `url:${url}`,
  [ANNOTATION_ORIGIN_LOCATION]: `url:${url}`,
  [ANNOTATION_VIEW_URL]: url,
  [ANNOTATION_EDIT_URL]: url.replace('/blob/', '/edit/'),
});

/**
 * The same entity with a message, in its description too, which Backstage's entity page shows. Not as `status`: the catalog
 * takes that from no provider.
 */
export const withProblem = (entity: Entity, message: string): Entity => ({
  ...entity,
  metadata: {
    ...entity.metadata,
    description: `${entity.metadata.description}. Its databases are not up to date: ${message}`,
    annotations: {
      ...entity.metadata.annotations,
      'goldenpath.io/catalog-problem': message,
    },
  },
});
