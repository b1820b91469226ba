import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  DEFAULT_NAMESPACE,
  Entity,
  RELATION_OWNED_BY,
} from '@backstage/catalog-model';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { formatOwnerRef, Problem } from '@goldenpath/plugin-golden-path-common';
import { GitHubRepo } from '@goldenpath/plugin-golden-path-node';
import { isIn, locationOf, OwnRepository } from './entityNameFree';

/** Checks an app that exists already, before it gets a database in another environment. */
export interface CheckExistingApp {
  /** That the catalog has the app's component, from the app's own repository. */
  component(
    componentId: string,
    repository: OwnRepository,
    credentials: BackstageCredentials,
  ): Promise<Problem[]>;
  /** That the request is for the owner of the component. */
  owner(
    request: { component_id: string; owner: string },
    credentials: BackstageCredentials,
  ): Promise<Problem[]>;
}

/** The catalog is asked with the task's credentials: an app that a user may not see is none of theirs. */
export const createCheckExistingApp = (
  catalog: Pick<CatalogService, 'getEntityByRef'>,
): CheckExistingApp => ({
  component: async (componentId, repository, credentials) => {
    const ref = componentRef(componentId);
    const found = await catalog.getEntityByRef(ref, { credentials });
    if (!found)
      return appProblem(
        `the catalog has no ${ref}, or you may not see it; choose an existing app, or say that this one doesn't exist yet.`,
      );
    return isIn(locationOf(found), repository.url)
      ? []
      : appProblem(
          `${ref} comes from ${
            locationOf(found).replace(/^url:/, '') || 'an unknown place'
          } and not from the app's repository ${
            repository.url
          }; ask the platform team to request the database.`,
        );
  },
  owner: async ({ component_id, owner }, credentials) => {
    const ref = componentRef(component_id);
    const found = await catalog.getEntityByRef(ref, { credentials });
    // `component` tells that there is none.
    const owners = found ? listOwners(found) : [];
    return !found || owners.includes(formatOwnerRef(owner))
      ? []
      : [
          {
            field: 'owner',
            message: `Owner: ${ref} belongs to ${
              owners.join(' and ') || 'nobody'
            } and not to ${formatOwnerRef(
              owner,
            )}; choose its team, or change spec.owner in its catalog-info.yaml first.`,
          },
        ];
  },
});

/** Checks that the repository of an existing app is there. */
export const checkExistingRepo = async (
  app: GitHubRepo,
  ports: { repository(repo: GitHubRepo): Promise<unknown> },
): Promise<Problem[]> =>
  (await ports.repository(app))
    ? []
    : appProblem(
        `the repository ${app.owner}/${app.repo} doesn't exist, or Backstage's GitHub credentials can't see it; choose an existing app, or say that this one doesn't exist yet.`,
      );

const componentRef = (componentId: string) =>
  `component:${DEFAULT_NAMESPACE}/${componentId}`;

const appProblem = (message: string): Problem[] => [
  { field: 'component_id', message: `App name: ${message}` },
];

const listOwners = ({ relations = [] }: Entity): string[] =>
  relations
    .filter(({ type }) => type === RELATION_OWNED_BY)
    .map(({ targetRef }) => targetRef.toLocaleLowerCase('en'));
