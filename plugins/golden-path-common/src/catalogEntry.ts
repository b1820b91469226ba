import { DeclaredDatabase, DeclaredFields } from './declared';
import { catalogEntryId, RequestKey, secretName } from './names';
import { INSTANCE_CLASSES, Size } from './options';

/** @public */
export const CATALOG_STATUSES = ['pending', 'active', 'failed'] as const;
/** @public */
export type CatalogStatus = (typeof CATALOG_STATUSES)[number];

/**
 * One entry of rds-catalog.yaml, under `databases.<environment>.<databaseName>`.
 *
 * @public
 */
export interface CatalogEntry {
  metadata: {
    id: string;
    component: string;
    owner: string;
    requested_by: string;
    domain: string;
    risk: string;
    status: CatalogStatus;
    /** `YYYY-MM-DD`, in UTC. */
    created_date: string;
  };
  configuration: {
    username: string;
    size_tier: string;
    instance_class: string;
    secret_path: string;
  };
}

/**
 * The catalog entry of a request. `createdDate` is `YYYY-MM-DD`.
 *
 * @public
 */
export const catalogEntry = (
  request: DeclaredDatabase,
  context: { createdDate: string; secretPrefix?: string },
): CatalogEntry => ({
  metadata: {
    id: catalogEntryId(request),
    component: request.component_id,
    owner: request.owner,
    requested_by: request.requestedBy,
    domain: request.domain,
    risk: request.risk,
    status: 'pending',
    created_date: context.createdDate,
  },
  configuration: {
    username: request.username,
    size_tier: request.size,
    instance_class: INSTANCE_CLASSES[request.size as Size],
    secret_path: secretName(
      request.environment,
      request.databaseName,
      context.secretPrefix,
    ),
  },
});

/**
 * The inverse: the fields of the request behind an entry, unchecked.
 *
 * @public
 */
export const toRequestFields = (
  { environment, databaseName }: RequestKey,
  { metadata, configuration }: CatalogEntry,
): DeclaredFields => ({
  component_id: metadata.component,
  databaseName,
  username: configuration.username,
  owner: metadata.owner,
  environment,
  domain: metadata.domain,
  risk: metadata.risk,
  size: configuration.size_tier,
  requestedBy: metadata.requested_by,
});
