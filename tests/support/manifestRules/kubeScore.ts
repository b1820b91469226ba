import { kubeScoreContainerRules } from './kubeScoreContainers';
import { kubeScoreWorkloadRules } from './kubeScoreWorkloads';
import { isSubset, Rule, rule, selects } from './rule';

/** https://github.com/zegl/kube-score/blob/06dedc9ccce58bff50a4f42a3ce0633dc72b0dfa/README_CHECKS.md */
export const KUBE_SCORE_CHECKS = [
  'deployment-strategy', 'deployment-replicas', 'ingress-targets-service', 'cronjob-has-deadline', 'cronjob-restartpolicy',
  'container-resources', 'container-resource-requests-equal-limits', 'container-cpu-requests-equal-limits',
  'container-memory-requests-equal-limits', 'container-image-tag', 'container-image-pull-policy',
  'container-ephemeral-storage-request-and-limit', 'container-ephemeral-storage-request-equals-limit', 'container-ports-check',
  'environment-variable-key-duplication', 'statefulset-has-poddisruptionbudget', 'deployment-has-poddisruptionbudget',
  'poddisruptionbudget-has-policy', 'pod-networkpolicy', 'networkpolicy-targets-pod', 'pod-probes', 'pod-probes-identical',
  'container-security-context-user-group-id', 'container-security-context-privileged',
  'container-security-context-readonlyrootfilesystem', 'container-seccomp-profile', 'service-targets-pod', 'service-type',
  'stable-version', 'deployment-has-host-podantiaffinity', 'statefulset-has-host-podantiaffinity',
  'deployment-targeted-by-hpa-does-not-have-replicas-configured', 'statefulset-has-servicename',
  'deployment-pod-selector-labels-match-template-metadata-labels', 'statefulset-pod-selector-labels-match-template-metadata-labels',
  'label-values', 'horizontalpodautoscaler-has-target', 'horizontalpodautoscaler-replicas', 'pod-topology-spread-constraints',
]; // prettier-ignore

/** API versions that Kubernetes serves as stable; the rule of kube-score lists the old ones. */
const STABLE =
  /^(apps|networking\.k8s\.io|policy|batch)\/v1$|^autoscaling\/v[12]$|^v1$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const networkRules: Rule[] = [
  rule(
    'ingress-targets-service',
    app => {
      const [{ backend }] = app.one('Ingress').spec.rules[0].http.paths;
      return app
        .all('Service')
        .some(
          ({ metadata, spec }) =>
            backend.service.name === metadata.name &&
            spec.ports.some(
              (one: any) => one.name === backend.service.port.name,
            ),
        );
    },
    app => {
      app.one('Service').spec.ports[0].name = 'web';
    },
  ),
  rule(
    'service-targets-pod',
    app =>
      app
        .all('Service')
        .every(({ spec }) =>
          isSubset(spec.selector, app.template.metadata.labels),
        ),
    app => {
      app.one('Service').spec.selector.x = 'y';
    },
  ),
  rule(
    'service-type',
    app => app.all('Service').every(({ spec }) => spec.type !== 'NodePort'),
    app => {
      app.one('Service').spec.type = 'NodePort';
    },
  ),
  {
    id: 'pod-networkpolicy',
    find: app =>
      ['Ingress', 'Egress'].filter(
        type =>
          !app
            .all('NetworkPolicy')
            .some(
              ({ spec }) =>
                selects(spec.podSelector, app.template.metadata.labels) &&
                spec.policyTypes.includes(type),
            ),
      ),
    violate: app => {
      app.one('NetworkPolicy').spec.policyTypes = ['Ingress'];
    },
  },
  rule(
    'networkpolicy-targets-pod',
    app =>
      app
        .all('NetworkPolicy')
        .every(({ spec }) =>
          selects(spec.podSelector, app.template.metadata.labels),
        ),
    app => {
      app.one('NetworkPolicy').spec.podSelector.matchLabels = { x: 'y' };
    },
  ),
];

const otherRules: Rule[] = [
  rule(
    'poddisruptionbudget-has-policy',
    app =>
      app
        .all('PodDisruptionBudget')
        .every(
          ({ spec }) =>
            (spec.minAvailable ?? spec.maxUnavailable) !== undefined,
        ),
    app => {
      delete app.one('PodDisruptionBudget').spec.maxUnavailable;
    },
  ),
  rule(
    'horizontalpodautoscaler-has-target',
    app =>
      app
        .all('HorizontalPodAutoscaler')
        .every(({ spec: { scaleTargetRef: target } }) =>
          app.manifests.some(
            one =>
              one.kind === target.kind &&
              one.apiVersion === target.apiVersion &&
              one.metadata.name === target.name,
          ),
        ),
    app => {
      app.one('HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'x';
    },
  ),
  rule(
    'horizontalpodautoscaler-replicas',
    app =>
      app
        .all('HorizontalPodAutoscaler')
        .every(({ spec }) => spec.minReplicas >= 2),
    app => {
      app.one('HorizontalPodAutoscaler').spec.minReplicas = 1;
    },
  ),
  {
    id: 'label-values',
    find: app =>
      app.manifests.flatMap(({ metadata: { labels } }) =>
        Object.values(labels ?? {}).filter(value => !LABEL_VALUE.test(value)),
      ),
    violate: app => {
      app.workload.metadata.labels!.x = 'a/b';
    },
  },
  {
    id: 'stable-version',
    find: app =>
      app.manifests
        .map(one => one.apiVersion)
        .filter(
          one => !STABLE.test(one) && !one.startsWith('external-secrets.'),
        ),
    violate: app => {
      app.one('Ingress').apiVersion = 'networking.k8s.io/v1beta1';
    },
  },
];

export const kubeScoreRules: Rule[] = [
  ...kubeScoreWorkloadRules,
  ...kubeScoreContainerRules,
  ...networkRules,
  ...otherRules,
];
