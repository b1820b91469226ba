import { App, ofKind, Rule, rule, selects } from './rule';

const isSingle = ({ workload }: App) => workload.spec.replicas < 2;
const hasBudget = (app: App) =>
  isSingle(app) ||
  app
    .all('PodDisruptionBudget')
    .some(({ spec }) => selects(spec.selector, app.template.metadata.labels));
const hasAntiAffinity = (app: App) =>
  isSingle(app) || app.pod.affinity?.podAntiAffinity !== undefined;
const selectsItsPods = ({ workload, template }: App) =>
  selects(workload.spec.selector, template.metadata.labels);
const selectOthers = (app: App) => {
  app.workload.spec.selector.matchLabels.x = 'y';
};

const deploymentRules: Rule[] = [
  rule(
    'deployment-strategy',
    app =>
      [undefined, 'RollingUpdate'].includes(app.workload.spec.strategy?.type),
    app => {
      app.workload.spec.strategy = { type: 'Recreate' };
    },
  ),
  rule(
    'deployment-replicas',
    app => app.isAutoscaled || (app.workload.spec.replicas ?? 1) >= 2,
    app => {
      app.remove('HorizontalPodAutoscaler');
    },
  ),
  rule('deployment-has-poddisruptionbudget', hasBudget, app => {
    app.remove('PodDisruptionBudget');
  }),
  rule('deployment-has-host-podantiaffinity', hasAntiAffinity, app => {
    delete app.pod.affinity;
  }),
  rule(
    'deployment-targeted-by-hpa-does-not-have-replicas-configured',
    app => !app.isAutoscaled || app.workload.spec.replicas === undefined,
    app => {
      app.workload.spec.replicas = 2;
    },
  ),
  rule(
    'deployment-pod-selector-labels-match-template-metadata-labels',
    selectsItsPods,
    selectOthers,
  ),
];

const statefulSetRules: Rule[] = [
  rule('statefulset-has-poddisruptionbudget', hasBudget, app => {
    app.workload.spec.replicas = 2;
    app.remove('PodDisruptionBudget');
  }),
  rule('statefulset-has-host-podantiaffinity', hasAntiAffinity, app => {
    app.workload.spec.replicas = 2;
    delete app.pod.affinity;
  }),
  rule(
    'statefulset-has-servicename',
    app =>
      app
        .all('Service')
        .some(
          ({ metadata, spec }) =>
            metadata.name === app.workload.spec.serviceName &&
            spec.clusterIP === 'None' &&
            selects(
              { matchLabels: spec.selector },
              app.template.metadata.labels,
            ),
        ),
    app => {
      app.workload.spec.serviceName = app.workload.metadata.name;
    },
  ),
  rule(
    'statefulset-pod-selector-labels-match-template-metadata-labels',
    selectsItsPods,
    selectOthers,
  ),
];

/** The checks of kube-score that read what starts the pods. */
export const kubeScoreWorkloadRules: Rule[] = [
  ...ofKind('Deployment', deploymentRules),
  ...ofKind('StatefulSet', statefulSetRules),
  rule(
    'pod-topology-spread-constraints',
    app =>
      (app.pod.topologySpreadConstraints ?? []).every(
        (one: any) =>
          one.labelSelector &&
          one.maxSkew > 0 &&
          one.minDomains !== 0 &&
          one.topologyKey &&
          ['DoNotSchedule', 'ScheduleAnyway'].includes(one.whenUnsatisfiable),
      ),
    app => {
      delete app.pod.topologySpreadConstraints[0].labelSelector;
    },
  ),
];
