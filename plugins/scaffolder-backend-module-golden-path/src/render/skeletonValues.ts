import {
  DatabaseRequest,
  entityRef,
  ENVIRONMENTS,
  kubernetesSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';

/** The values of a skeleton, `${{ values.x }}`: from the request and the platform's configuration. */
export const skeletonValues = (
  request: DatabaseRequest,
  config: GoldenPathConfig,
) => {
  const { infraRepo, cluster, app, secretPrefix } = config;
  const { component_id, databaseName } = request;
  const secretIn = (environment: string) =>
    secretName(environment, databaseName, secretPrefix);
  const repoSlug = `${app.owner}/${component_id}`;
  return {
    component_id,
    description: request.description,
    owner: request.owner,
    environment: request.environment,
    databaseName,
    username: request.username,
    secretName: secretIn(request.environment),
    // An app has an overlay for every environment, also for those not requestable yet.
    secretNames: Object.fromEntries(
      ENVIRONMENTS.map(environment => [environment, secretIn(environment)]),
    ),
    kubernetesSecretName: kubernetesSecretName(component_id),
    databaseEntityRef: entityRef(request),
    repoSlug,
    sourceUrl: `${infraRepo.webUrl}/${repoSlug}`,
    infraRepoSlug: `${infraRepo.owner}/${infraRepo.repo}`,
    infraRepoRef: infraRepo.ref,
    secretStore: cluster.secretStore,
    registry: cluster.registry,
    ingressClass: cluster.ingressClass,
    ingressDomain: cluster.ingressDomain,
    issuers: { ...cluster.issuers },
  };
};
export type SkeletonValues = ReturnType<typeof skeletonValues>;
