import { App, ofKind, Rule, rule, selects } from './rule';

/** https://github.com/FairwindsOps/polaris/blob/c0e23a233b2087272a7f524f1b922f4e3f2f9689/pkg/config/default.yaml */
export const POLARIS_CHECKS = [
  'deploymentMissingReplicas', 'priorityClassNotSet', 'tagNotSpecified', 'pullPolicyNotAlways', 'readinessProbeMissing',
  'livenessProbeMissing', 'metadataAndInstanceMismatched', 'pdbDisruptionsIsZero', 'missingPodDisruptionBudget',
  'topologySpreadConstraint', 'hpaMaxAvailability', 'hpaMinAvailability', 'pdbMinAvailableGreaterThanHPAMinReplicas',
  'cpuRequestsMissing', 'cpuLimitsMissing', 'memoryRequestsMissing', 'memoryLimitsMissing', 'automountServiceAccountToken',
  'hostIPCSet', 'hostPathSet', 'hostProcess', 'hostPIDSet', 'linuxHardening', 'missingNetworkPolicy', 'notReadOnlyRootFilesystem',
  'privilegeEscalationAllowed', 'procMount', 'runAsRootAllowed', 'runAsPrivileged', 'dangerousCapabilities', 'insecureCapabilities',
  'hostNetworkSet', 'hostPortSet', 'tlsSettingsMissing', 'sensitiveContainerEnvVar', 'sensitiveConfigmapContent',
  'clusterrolePodExecAttach', 'rolePodExecAttach', 'clusterrolebindingPodExecAttach', 'rolebindingClusterRolePodExecAttach',
  'rolebindingRolePodExecAttach', 'clusterrolebindingClusterAdmin', 'rolebindingClusterAdminClusterRole',
  'rolebindingClusterAdminRole',
]; // prettier-ignore

const SENSITIVE_NAME =
  /^AWS_SECRET_ACCESS_KEY$|^GOOGLE_APPLICATION_CREDENTIALS$|^AZURE_.+KEY$|^OCI_CLI_KEY_CONTENT$|password|token|bearer|secret/i;
const INSTANCE = 'app.kubernetes.io/instance';

/** A field of the container that must be there. */
const resource = (id: string, part: 'requests' | 'limits', name: string) =>
  rule(
    id,
    app => app.container.resources[part]?.[name] !== undefined,
    app => {
      delete app.container.resources[part][name];
    },
  );
const probe = (id: string, name: string) =>
  rule(
    id,
    app => app.container[name] !== undefined,
    app => {
      delete app.container[name];
    },
  );
/** A field of the pod that must not be true. */
const host = (id: string, name: string) =>
  rule(
    id,
    app => app.pod[name] !== true,
    app => {
      app.pod[name] = true;
    },
  );
const autoscalers = (app: App) =>
  app.all('HorizontalPodAutoscaler').map(one => one.spec);
const budgets = (app: App) =>
  app.all('PodDisruptionBudget').map(one => one.spec);

/** Those that Polaris applies to a Deployment only. */
const deploymentRules: Rule[] = [
  rule(
    'deploymentMissingReplicas',
    app => app.workload.spec.replicas >= 2,
    app => {
      app.workload.spec.replicas = 1;
    },
  ),
  rule(
    'missingPodDisruptionBudget',
    app =>
      budgets(app).some(({ selector }) =>
        selects(selector, app.template.metadata.labels),
      ),
    app => {
      app.remove('PodDisruptionBudget');
    },
  ),
];

const reliabilityRules: Rule[] = [
  rule(
    'priorityClassNotSet',
    app => app.pod.priorityClassName !== undefined,
    app => {
      delete app.pod.priorityClassName;
    },
  ),
  rule(
    'tagNotSpecified',
    app =>
      /^.+:.+$/.test(app.container.image) &&
      !/:latest$/.test(app.container.image),
    app => {
      app.container.image = 'app';
    },
  ),
  rule(
    'pullPolicyNotAlways',
    app => app.container.imagePullPolicy === 'Always',
    app => {
      delete app.container.imagePullPolicy;
    },
  ),
  probe('readinessProbeMissing', 'readinessProbe'),
  probe('livenessProbeMissing', 'livenessProbe'),
  rule(
    'metadataAndInstanceMismatched',
    ({ workload: { metadata } }) =>
      metadata.labels?.[INSTANCE] === metadata.name,
    app => {
      app.workload.metadata.labels![INSTANCE] = 'x';
    },
  ),
  rule(
    'pdbDisruptionsIsZero',
    app =>
      budgets(app).every(
        ({ minAvailable, maxUnavailable }) =>
          minAvailable !== '100%' && ![0, '0%'].includes(maxUnavailable),
      ),
    app => {
      app.one('PodDisruptionBudget').spec.maxUnavailable = 0;
    },
  ),
  rule(
    'topologySpreadConstraint',
    app => app.pod.topologySpreadConstraints?.length > 0,
    app => {
      app.pod.topologySpreadConstraints = [];
    },
  ),
  rule(
    'hpaMaxAvailability',
    app => autoscalers(app).every(one => one.maxReplicas > one.minReplicas),
    app => {
      const { spec } = app.one('HorizontalPodAutoscaler');
      spec.maxReplicas = spec.minReplicas;
    },
  ),
  rule(
    'hpaMinAvailability',
    app => autoscalers(app).every(one => (one.minReplicas ?? 2) >= 2),
    app => {
      app.one('HorizontalPodAutoscaler').spec.minReplicas = 1;
    },
  ),
  rule(
    'pdbMinAvailableGreaterThanHPAMinReplicas',
    app =>
      autoscalers(app).every(({ minReplicas }) =>
        budgets(app).every(
          ({ minAvailable = 0 }) => minAvailable < minReplicas,
        ),
      ),
    app => {
      app.one('PodDisruptionBudget').spec = { minAvailable: 99 };
    },
  ),
  resource('cpuRequestsMissing', 'requests', 'cpu'),
  resource('cpuLimitsMissing', 'limits', 'cpu'),
  resource('memoryRequestsMissing', 'requests', 'memory'),
  resource('memoryLimitsMissing', 'limits', 'memory'),
];

const securityRules: Rule[] = [
  rule(
    'automountServiceAccountToken',
    app =>
      app.pod.automountServiceAccountToken === false ||
      app
        .all('ServiceAccount')
        .some(
          one =>
            one.metadata.name === app.pod.serviceAccountName &&
            one.automountServiceAccountToken === false,
        ),
    app => {
      delete app.pod.automountServiceAccountToken;
      app.remove('ServiceAccount');
    },
  ),
  host('hostIPCSet', 'hostIPC'),
  host('hostPIDSet', 'hostPID'),
  host('hostNetworkSet', 'hostNetwork'),
  rule(
    'hostPathSet',
    app => app.pod.volumes.every((one: any) => one.hostPath === undefined),
    app => {
      app.pod.volumes.push({ name: 'host', hostPath: { path: '/' } });
    },
  ),
  rule(
    'hostProcess',
    app =>
      [app.pod, app.container].every(
        one => !one.securityContext?.windowsOptions?.hostProcess,
      ),
    app => {
      app.pod.securityContext.windowsOptions = { hostProcess: true };
    },
  ),
  rule(
    'hostPortSet',
    app => app.container.ports.every((one: any) => !one.hostPort),
    app => {
      app.container.ports[0].hostPort = 8080;
    },
  ),
  rule(
    'linuxHardening',
    app =>
      app.pod.securityContext.seccompProfile?.type === 'RuntimeDefault' ||
      app.container.securityContext.capabilities?.drop?.length > 0,
    app => {
      delete app.pod.securityContext.seccompProfile;
      delete app.container.securityContext.capabilities;
    },
  ),
  rule(
    'missingNetworkPolicy',
    app =>
      app
        .all('NetworkPolicy')
        .some(
          ({ spec }) =>
            selects(spec.podSelector, app.template.metadata.labels) &&
            spec.ingress?.length > 0 &&
            spec.egress?.length > 0 &&
            ['Ingress', 'Egress'].every(type =>
              spec.policyTypes.includes(type),
            ),
        ),
    app => {
      delete app.one('NetworkPolicy').spec.egress;
    },
  ),
  rule(
    'notReadOnlyRootFilesystem',
    app => app.container.securityContext.readOnlyRootFilesystem === true,
    app => {
      app.container.securityContext.readOnlyRootFilesystem = false;
    },
  ),
  rule(
    'privilegeEscalationAllowed',
    app => app.container.securityContext.allowPrivilegeEscalation === false,
    app => {
      delete app.container.securityContext.allowPrivilegeEscalation;
    },
  ),
  rule(
    'procMount',
    app => (app.container.securityContext.procMount ?? 'Default') === 'Default',
    app => {
      app.container.securityContext.procMount = 'Unmasked';
    },
  ),
  rule(
    'runAsRootAllowed',
    app =>
      app.pod.securityContext.runAsNonRoot === true &&
      app.container.securityContext.runAsNonRoot !== false &&
      app.container.securityContext.runAsUser !== 0,
    app => {
      app.container.securityContext.runAsUser = 0;
    },
  ),
  rule(
    'runAsPrivileged',
    app => app.container.securityContext.privileged !== true,
    app => {
      app.container.securityContext.privileged = true;
    },
  ),
  rule(
    'dangerousCapabilities',
    app =>
      (app.container.securityContext.capabilities?.add ?? []).every(
        (name: string) => !/^(ALL|SYS_ADMIN|NET_ADMIN)$/i.test(name),
      ),
    app => {
      app.container.securityContext.capabilities.add = ['SYS_ADMIN'];
    },
  ),
  rule(
    'insecureCapabilities',
    app => app.container.securityContext.capabilities?.drop?.includes('ALL'),
    app => {
      app.container.securityContext.capabilities.drop = ['KILL'];
    },
  ),
  rule(
    'tlsSettingsMissing',
    app => app.all('Ingress').every(({ spec }) => spec.tls?.length > 0),
    app => {
      delete app.one('Ingress').spec.tls;
    },
  ),
  rule(
    'sensitiveContainerEnvVar',
    app =>
      app.container.env.every(
        ({ name, value }: any) =>
          value === undefined ||
          (!SENSITIVE_NAME.test(name) &&
            !/-BEGIN\s+.*PRIVATE KEY-/.test(value)),
      ),
    app => {
      app.container.env.push({ name: 'DB_PASSWORD', value: 'x' });
    },
  ),
];

export const polarisRules: Rule[] = [
  ...ofKind('Deployment', deploymentRules),
  ...reliabilityRules,
  ...securityRules,
];
