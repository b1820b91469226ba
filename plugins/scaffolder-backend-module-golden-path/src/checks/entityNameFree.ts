import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  DEFAULT_NAMESPACE,
  Entity,
} from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import {
  DatabaseRequest,
  entityRef,
  FIELD_RULES,
  Problem,
} from '@goldenpath/plugin-golden-path-common';

/** A repository by the URL of its page. Its own entities are no conflict. */
export interface OwnRepository {
  url: string;
}

/** Checks that the catalog doesn't have an app's or a database's entity from elsewhere. */
export interface CheckEntityNames {
  app(
    componentId: string,
    repository: OwnRepository,
    credentials: BackstageCredentials,
  ): Promise<Problem[]>;
  database(
    request: DatabaseRequest,
    infraRepo: OwnRepository,
    credentials: BackstageCredentials,
  ): Promise<Problem[]>;
}

/**
 * The catalog keeps the entity that it has, and ignores another with the same name from another location: the new app
 * would never appear. It is asked with the plugin's own credentials, because a name is taken for those too who may not
 * see its entity; where it comes from is told only to those who may.
 */
export const createCheckEntityNames = (deps: {
  catalog: Pick<CatalogService, 'getEntitiesByRefs'>;
  auth: { getOwnServiceCredentials(): Promise<BackstageCredentials> };
}): CheckEntityNames => {
  const find = async (ref: string, credentials: BackstageCredentials) =>
    (
      await deps.catalog.getEntitiesByRefs(
        { entityRefs: [ref], fields: ['metadata.annotations'] },
        { credentials },
      )
    ).items[0];
  const findTaken = async (
    ref: string,
    own: OwnRepository,
    credentials: BackstageCredentials,
  ): Promise<string | undefined> => {
    const found = await find(ref, await deps.auth.getOwnServiceCredentials());
    if (!found || isIn(locationOf(found), own.url)) return undefined;
    const seen = await find(ref, credentials);
    return describeTaken(ref, found, seen && locationOf(seen));
  };
  return {
    app: async (componentId, own, credentials) => {
      const taken = await findTaken(
        `component:${DEFAULT_NAMESPACE}/${componentId}`,
        own,
        credentials,
      );
      return taken ? [createProblem('component_id', taken)] : [];
    },
    database: async (request, own, credentials) => {
      const taken = await findTaken(entityRef(request), own, credentials);
      return taken ? [createProblem('databaseName', taken)] : [];
    },
  };
};

const createProblem = (
  field: 'component_id' | 'databaseName',
  taken: string,
): Problem => ({
  field,
  message: `${FIELD_RULES[field].title}: ${taken}`,
});

/** The file that an entity is read from, such as `url:https://…/catalog-info.yaml`; empty if the catalog doesn't say. */
export const locationOf = ({ metadata }: Entity): string =>
  metadata.annotations?.[ANNOTATION_LOCATION] ?? '';

/** GitHub compares the names of accounts and repositories in any case. */
export const isIn = (location: string, repositoryUrl: string): boolean =>
  location
    .toLocaleLowerCase('en')
    .startsWith(`url:${repositoryUrl}/`.toLocaleLowerCase('en'));

/** Set by the catalog when no location lists the entity any more. */
const ORPHAN_ANNOTATION = 'backstage.io/orphan';

const describeTaken = (
  ref: string,
  { metadata }: Entity,
  visibleLocation: string | undefined,
): string => {
  const from = visibleLocation
    ? `, from ${visibleLocation.replace(/^url:/, '')}`
    : '';
  return metadata.annotations?.[ORPHAN_ANNOTATION] === 'true'
    ? `the catalog still has ${ref}${from}, an orphan that nothing lists any more. Delete it in the catalog, or choose another name.`
    : `the catalog has ${ref} already${from}; choose another name.`;
};
