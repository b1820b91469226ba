/** https://backstage.io/docs/features/software-catalog/well-known-annotations#backstageiomanaged-by-location */
const LOCATION = 'backstage.io/managed-by-location';

/**
 * The file that an entity is read from, such as `url:https://…/catalog-info.yaml`; empty if the catalog doesn't say.
 *
 * @public
 */
export const locationOf = ({
  metadata,
}: {
  metadata: { annotations?: Record<string, string> };
}): string => metadata.annotations?.[LOCATION] ?? '';

/**
 * Whether a location is in a repository. GitHub compares the names of accounts and repositories in any case.
 *
 * @public
 */
export const isIn = (location: string, repositoryUrl: string): boolean =>
  location
    .toLocaleLowerCase('en')
    .startsWith(`url:${repositoryUrl}/`.toLocaleLowerCase('en'));
