import {
  AppRequest,
  DatabaseRequest,
  entityRef,
  environmentTerms,
  formatOwnerRef,
  kubernetesSecretName,
  ownerLabel,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';

/**
 * An autoscaler may run this many times the usual number of pods. All pods share the connection limit of their role, also those
 * that a rollout is ending: with 3, prod's 9 pods twice would exceed it.
 */
const SCALING_FACTOR = 2;

/** The values of a skeleton, `${{ values.x }}`: from the request and the platform's configuration. */
export const appValues = (request: AppRequest, config: GoldenPathConfig) => {
  const { infraRepo, cluster, app } = config;
  const { component_id } = request;
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
      };
    }),
    lifecycle: environmentTerms(request.environment).lifecycle,
    repoSlug,
    sourceUrl: `${infraRepo.webUrl}/${repoSlug}`,
    infraRepoSlug: `${infraRepo.owner}/${infraRepo.repo}`,
    infraRepoUrl: `${infraRepo.webUrl}/${infraRepo.owner}/${infraRepo.repo}`,
    infraRepoRef: infraRepo.ref,
    storageClass: cluster.storageClass,
    registry: cluster.registry,
    ingressClass: cluster.ingressClass,
    ingressNamespace: cluster.ingressNamespace,
  };
};

/** The values of an app with a database: what every app has, and the database's. */
export const skeletonValues = (
  request: DatabaseRequest,
  config: GoldenPathConfig,
) => {
  const { databaseName, username, environment, component_id } = request;
  const { cluster, secretPrefix } = config;
  const secretIn = (name: string) =>
    secretName(name, databaseName, secretPrefix);
  const { overlays, ...values } = appValues(request, config);
  return {
    ...values,
    overlays: overlays.map(overlay => ({
      ...overlay,
      secretName: secretIn(overlay.environment),
    })),
    databaseName,
    username,
    secretName: secretIn(environment),
    kubernetesSecretName: kubernetesSecretName(component_id),
    databaseEntityRef: entityRef(request),
    secretStore: cluster.secretStore,
  };
};
export type SkeletonValues = ReturnType<typeof skeletonValues>;
