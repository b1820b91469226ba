import { BackstageCredentials } from '@backstage/backend-plugin-api';
import { Entity, RELATION_DEPENDENCY_OF } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  DATABASE_ANNOTATION,
  entityRef,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  findCatalogEntry,
  InfraFiles,
} from '@goldenpath/plugin-golden-path-node';
import { GoldenPathConfig } from '../config';

/** A database that the infra repo declares, with those that depend on it in the catalog. */
export interface DeclaredInCatalog extends RequestKey {
  /** As the infra repo has it. */
  owner: string;
  component: string;
  username: string;
  /** Entity references. */
  dependants: string[];
}

const ENVIRONMENT_ANNOTATION = 'goldenpath.io/environment';

/**
 * Reads which database an entity stands for. Anyone may register such an entity, so it is a name and nothing else.
 * @throws InputError when it is no database of the golden path
 */
export const readKey = async (
  ref: string,
  catalog: Pick<CatalogService, 'getEntityByRef'>,
  credentials: BackstageCredentials,
): Promise<RequestKey> => {
  const entity = await catalog.getEntityByRef(ref, { credentials });
  if (!entity)
    throw new InputError(
      `Database: the catalog has no ${ref}, or you may not see it; choose a database of the catalog.`,
    );
  const annotations = entity.metadata.annotations ?? {};
  const key = {
    environment: annotations[ENVIRONMENT_ANNOTATION] ?? '',
    databaseName: annotations[DATABASE_ANNOTATION] ?? '',
  };
  if (key.databaseName === '' || entityRef(key) !== ref.toLocaleLowerCase('en'))
    throw new InputError(
      `Database: ${ref} is no database of the golden path; choose a Resource of type "database" that the infra repo declares.`,
    );
  return key;
};

/**
 * Reads a database from the infra repo's base branch, which alone says who owns it, and what depends on it from the
 * catalog.
 * @throws NotFoundError when the infra repo doesn't declare it
 */
export const readDatabase = async (
  key: RequestKey,
  { infraRepo }: Pick<GoldenPathConfig, 'infraRepo'>,
  ports: {
    infraFiles: InfraFiles;
    catalog: Pick<CatalogService, 'getEntityByRef'>;
    credentials: BackstageCredentials;
  },
): Promise<DeclaredInCatalog> => {
  const { catalogPath, owner, repo, baseBranch } = infraRepo;
  const text = await ports.infraFiles.read(catalogPath);
  const entry = text && findCatalogEntry(text, catalogPath, key);
  if (!entry)
    throw new NotFoundError(
      `${catalogPath} of ${owner}/${repo} does not declare ${key.databaseName} for ${key.environment} on ${baseBranch}: it was taken out already. Nothing to do.`,
    );
  const entity = await ports.catalog.getEntityByRef(entityRef(key), {
    credentials: ports.credentials,
  });
  return {
    ...key,
    owner: entry.metadata.owner,
    component: entry.metadata.component,
    username: entry.configuration.username,
    dependants: listDependants(entity),
  };
};

const listDependants = (entity: Entity | undefined): string[] =>
  [
    ...new Set(
      (entity?.relations ?? [])
        .filter(({ type }) => type === RELATION_DEPENDENCY_OF)
        .map(({ targetRef }) => targetRef),
    ),
  ].sort();
