import {
  DatabaseRequest,
  entityRef,
  environmentTerms,
  formatOwnerRef,
  kubernetesSecretName,
  ownerLabel,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';

/** An autoscaler may run this many times the usual number of pods. All of them share the connection limit of the database. */
const SCALING_FACTOR = 3;

/** The values of a skeleton, `${{ values.x }}`: from the request and the platform's configuration. */
export const skeletonValues = (
  request: DatabaseRequest,
  config: GoldenPathConfig,
) => {
  const { infraRepo, cluster, app, secretPrefix } = config;
  const { component_id, databaseName } = request;
  const secretIn = (environment: string) =>
    secretName(environment, databaseName, secretPrefix);
  const { environments } = config;
  const repoSlug = `${app.owner}/${component_id}`;
  return {
    component_id,
    description: request.description,
    owner: request.owner,
    ownerRef: formatOwnerRef(request.owner),
    ownerLabel: ownerLabel(request.owner),
    environment: request.environment,
    domain: request.domain,
    databaseName,
    username: request.username,
    secretName: secretIn(request.environment),
    environments: [...environments],
    tagEnvironment:
      environments.find(one => environmentTerms(one).takesTags) ?? '',
    // An app has an overlay for each, also for those without a requested database yet.
    overlays: environments.map(environment => {
      const { issuer, hostLabel, replicas, logLevel } =
        environmentTerms(environment);
      const host = `${component_id}${hostLabel}.${cluster.ingressDomain}`;
      return {
        environment,
        logLevel,
        replicas,
        // One pod is not scaled.
        maxReplicas: replicas === 1 ? 1 : replicas * SCALING_FACTOR,
        host,
        url: `${issuer ? 'https' : 'http'}://${host}`,
        issuer: issuer ? cluster.issuers[issuer] : '',
        secretName: secretIn(environment),
      };
    }),
    lifecycle: environmentTerms(request.environment).lifecycle,
    kubernetesSecretName: kubernetesSecretName(component_id),
    databaseEntityRef: entityRef(request),
    repoSlug,
    sourceUrl: `${infraRepo.webUrl}/${repoSlug}`,
    infraRepoSlug: `${infraRepo.owner}/${infraRepo.repo}`,
    infraRepoUrl: `${infraRepo.webUrl}/${infraRepo.owner}/${infraRepo.repo}`,
    infraRepoRef: infraRepo.ref,
    secretStore: cluster.secretStore,
    registry: cluster.registry,
    ingressClass: cluster.ingressClass,
    ingressNamespace: cluster.ingressNamespace,
  };
};
export type SkeletonValues = ReturnType<typeof skeletonValues>;
