import { App, Rule, rule } from './rule';

const tagOf = (image: string) => /:([^:]+)$/.exec(image)?.[1] ?? '';
const probed = (probe: any) => [probe?.httpGet?.path, probe?.httpGet?.port];
const userOf = ({ pod, container }: App, key: 'runAsUser' | 'runAsGroup') =>
  container.securityContext[key] ?? pod.securityContext?.[key] ?? 0;
const equalsLimit = ({ container: { resources } }: App, name: string) =>
  resources.requests?.[name] === resources.limits?.[name];

/** The checks of kube-score that read containers. */
export const kubeScoreContainerRules: Rule[] = [
  {
    id: 'container-resources',
    find: ({ container: { resources } }) =>
      ['limits', 'requests'].flatMap(part =>
        ['cpu', 'memory'].flatMap(name =>
          resources[part]?.[name] ? [] : [`${part}.${name}`],
        ),
      ),
    violate: app => {
      delete app.container.resources.requests;
    },
  },
  rule(
    'container-resource-requests-equal-limits',
    app => equalsLimit(app, 'cpu') && equalsLimit(app, 'memory'),
    app => {
      app.container.resources.limits.memory = '1Gi';
    },
  ),
  rule(
    'container-cpu-requests-equal-limits',
    app => equalsLimit(app, 'cpu'),
    app => {
      app.container.resources.requests.cpu = '1';
    },
  ),
  rule(
    'container-memory-requests-equal-limits',
    app => equalsLimit(app, 'memory'),
    app => {
      app.container.resources.limits.memory = '1Gi';
    },
  ),
  rule(
    'container-image-tag',
    app => !['', 'latest'].includes(tagOf(app.container.image)),
    app => {
      app.container.image = 'registry.example/app:latest';
    },
  ),
  rule(
    'container-image-pull-policy',
    app => app.container.imagePullPolicy === 'Always',
    app => {
      app.container.imagePullPolicy = 'Never';
    },
  ),
  {
    id: 'container-ephemeral-storage-request-and-limit',
    find: ({ container: { resources } }) =>
      ['limits', 'requests'].filter(
        part => !resources[part]?.['ephemeral-storage'],
      ),
    violate: app => {
      delete app.container.resources.limits['ephemeral-storage'];
    },
  },
  rule(
    'container-ephemeral-storage-request-equals-limit',
    app => equalsLimit(app, 'ephemeral-storage'),
    app => {
      app.container.resources.limits['ephemeral-storage'] = '1Gi';
    },
  ),
  rule(
    'container-ports-check',
    ({ container: { ports } }) =>
      new Set(ports.map((one: any) => one.name)).size === ports.length &&
      ports.every((one: any) => one.containerPort && one.name.length <= 15),
    app => {
      app.container.ports.push(app.container.ports[0]);
    },
  ),
  rule(
    'environment-variable-key-duplication',
    ({ container: { env } }) =>
      new Set(env.map((one: any) => one.name)).size === env.length,
    app => {
      app.container.env.push(app.container.env[0]);
    },
  ),
  {
    id: 'pod-probes',
    find: ({ container }) =>
      ['readinessProbe', 'livenessProbe'].filter(name => !container[name]),
    violate: app => {
      delete app.container.livenessProbe;
    },
  },
  rule(
    'pod-probes-identical',
    ({ container }) =>
      `${probed(container.readinessProbe)}` !==
      `${probed(container.livenessProbe)}`,
    app => {
      app.container.livenessProbe = app.container.readinessProbe;
    },
  ),
  {
    id: 'container-security-context-user-group-id',
    find: app =>
      (['runAsUser', 'runAsGroup'] as const).filter(
        key => userOf(app, key) < 10_000,
      ),
    violate: app => {
      delete app.pod.securityContext.runAsGroup;
    },
  },
  rule(
    'container-security-context-privileged',
    app => !app.container.securityContext.privileged,
    app => {
      app.container.securityContext.privileged = true;
    },
  ),
  rule(
    'container-security-context-readonlyrootfilesystem',
    app => app.container.securityContext.readOnlyRootFilesystem === true,
    app => {
      delete app.container.securityContext.readOnlyRootFilesystem;
    },
  ),
  rule(
    'container-seccomp-profile',
    app =>
      [app.pod, app.container].some(one => one.securityContext?.seccompProfile),
    app => {
      delete app.pod.securityContext.seccompProfile;
    },
  ),
];
